import { once } from "node:events";
import type { Socket } from "node:net";
import { expect } from "chai";
import { packetPayload } from "../src/load/payload.ts";
import { type PollingDialect, polling3, polling4 } from "../src/load/polling-dialect.ts";
import { PollingLoad } from "../src/load/polling-load.ts";
import { answer, type StubRequest, stubServer } from "./support/engine-stub.ts";
import { failure } from "./support/failure.ts";
import type { RawServer } from "./support/raw-server.ts";

const SHAPE = { sessions: 2, payloadBytes: 32, makePayload: packetPayload };
const LAP_MS = 20;
const DRAIN_TIMEOUT_MS = 400;

/** What one session of the test's server has. */
interface StubSession {
  poll: Socket | undefined;
  onPoll: () => void;
  readonly posts: string[];
}

describe("polling load", () => {
  const sessions = new Map<string, StubSession>();
  let server: RawServer | undefined;
  let load: PollingLoad | undefined;

  function onHandshake(socket: Socket, { encode }: PollingDialect): void {
    const sid = `session${sessions.size}`;
    sessions.set(sid, { poll: undefined, onPoll: () => {}, posts: [] });
    answer(socket, 200, encode([`0{"sid":"${sid}","upgrades":[]}`]));
  }

  function onPoll(session: StubSession, socket: Socket): void {
    expect(session.poll, "a poll beside a poll").to.equal(undefined);
    session.poll = socket;
    session.onPoll();
  }

  /** Waits until the client has sent the poll with which it rests. */
  async function lastPoll(session: StubSession): Promise<Socket> {
    if (session.poll === undefined)
      await new Promise<void>((resolve) => {
        session.onPoll = resolve;
      });
    return session.poll ?? expect.fail("no poll");
  }

  function answerPoll(session: StubSession, status: number, body: string): void {
    const { poll } = session;
    session.poll = undefined;
    if (poll !== undefined) answer(poll, status, body);
  }

  /** Opens sessions as an Engine.IO server does; `onPost` is what it makes of a post. */
  async function open(
    dialect: PollingDialect,
    onPost: (session: StubSession, request: StubRequest, socket: Socket) => void,
  ): Promise<PollingLoad> {
    server = stubServer((request, socket) => {
      const { searchParams } = new URL(request.target, "http://localhost");
      expect(searchParams.get("EIO")).to.equal(String(dialect.revision));
      const sid = searchParams.get("sid");
      if (sid === null) return onHandshake(socket, dialect);
      const session = sessions.get(sid) ?? expect.fail(`there is no ${sid}`);
      if (request.method === "GET") return onPoll(session, socket);
      session.posts.push(request.body);
      onPost(session, request, socket);
    });
    load = await PollingLoad.open(await server.listen(), dialect, SHAPE, DRAIN_TIMEOUT_MS);
    return load;
  }

  function echo(session: StubSession, { body }: StubRequest, socket: Socket): void {
    answerPoll(session, 200, body);
    answer(socket, 200, "ok");
  }

  const messages = () => [...sessions.values()].flatMap(({ posts }) => posts);

  afterEach(async () => {
    load?.close();
    load = undefined;
    await server?.close();
    sessions.clear();
  });

  for (const dialect of [polling3, polling4])
    it(`counts the messages of revision ${dialect.revision} that came back, each after a poll that waited`, async () => {
      await open(dialect, (session, request, socket) => {
        expect(session.poll, "a waiting poll").to.not.equal(undefined);
        echo(session, request, socket);
      });
      expect(server?.sockets.size, "connections of sessions that post nothing").to.equal(SHAPE.sessions);
      const { operations, seconds } = (await load?.run(LAP_MS)) ?? expect.fail("no load");
      expect(operations).to.equal(messages().length);
      expect(operations).to.be.at.least(SHAPE.sessions);
      expect(seconds).to.be.at.least((LAP_MS - 1) / 1000);
      expect((await load?.run(0))?.operations).to.equal(messages().length - operations);
      expect(server?.sockets.size).to.equal(2 * SHAPE.sessions);
    });

  it("posts in its revision, every session what is its own", async () => {
    await open(polling3, echo);
    await load?.run(0);
    expect(messages()[0]).to.match(/^33:4[01]\.0\.\.\.\.\.\.\.\.\.The quick brown fox $/);
    const firsts = [...sessions.values()].map(({ posts }) => posts[0]);
    expect(new Set(firsts).size).to.equal(SHAPE.sessions);
  });

  it("posts the next message only when the last one is answered on both sides", async () => {
    let posted: Socket | undefined;
    await open(polling4, (session, { body }, socket) => {
      if (posted !== undefined) return echo(session, { method: "", target: "", head: "", body }, socket);
      posted = socket;
      answerPoll(session, 200, body);
    });
    expect((await failure(load?.run(LAP_MS) ?? Promise.resolve())).message).to.equal(
      "1 answers missing 400 ms after the last message",
    );
    const [first] = [...sessions.values()].filter(({ posts }) => posts.length === 1);
    expect(first?.poll, "the next poll").to.not.equal(undefined);
  });

  it("fails when an echo is dropped", async () => {
    await open(polling4, (_session, _request, socket) => answer(socket, 200, "ok"));
    expect((await failure(load?.run(0) ?? Promise.resolve())).message).to.equal(
      "2 answers missing 400 ms after the last message",
    );
  });

  const faults: readonly [
    what: string,
    status: number,
    bodyFor: (body: string) => string,
    message: RegExp,
  ][] = [
    [
      "an echo is changed",
      200,
      (body) => body.replace("The", "Tha"),
      /: expected "200 4.*The.*, got "200 4.*Tha/,
    ],
    ["an echo has more in it", 200, (body) => `${body}\u001e4`, /, got "200 4.*fox \\u001e4"$/],
    [
      "an echo comes twice in a payload",
      200,
      (body) => `${body}\u001e${body}`,
      /, got "200 4[01]\.0\..*\\u001e4[01]\.0\./,
    ],
    ["an answer is empty", 200, () => "", /, got "200 "$/],
    ["an answer has another status", 400, (body) => body, /, got "400 4/],
  ];
  for (const [what, status, bodyFor, message] of faults)
    it(`fails when ${what}`, async () => {
      await open(polling4, (session, { body }, socket) => {
        answer(socket, 200, "ok");
        answerPoll(session, status, bodyFor(body));
      });
      expect((await failure(load?.run(LAP_MS) ?? Promise.resolve())).message).to.match(message);
    });

  it("fails when a message comes that was not asked for", async () => {
    await open(polling4, echo);
    await load?.run(0);
    const [session = expect.fail("no session")] = sessions.values();
    const last = session.posts.at(-1) ?? "";
    const next = last.replace(/\.(\d)\./, (_, sequence) => `.${(Number(sequence) + 1) % 4}.`);
    const poll = await lastPoll(session);
    answerPoll(session, 200, next);
    await once(poll, "close");
    expect((await failure(load?.run(LAP_MS) ?? Promise.resolve())).message).to.equal(
      "more answers than messages",
    );
  });

  it("fails when a post is refused, or answered twice", async () => {
    await open(polling4, (_session, _request, socket) => answer(socket, 400, '{"code":3}'));
    expect((await failure(load?.run(LAP_MS) ?? Promise.resolve())).message).to.equal(
      'a post was answered with "400 {\\"code\\":3}"',
    );
    load?.close();
    await server?.close();
    await open(polling4, (_session, _request, socket) => {
      answer(socket, 200, "ok");
      answer(socket, 200, "ok");
    });
    expect((await failure(load?.run(LAP_MS) ?? Promise.resolve())).message).to.equal(
      "more answers than posts",
    );
  });

  it("fails when the server closes a waiting poll", async () => {
    await open(polling4, (session) => session.poll?.end());
    expect((await failure(load?.run(LAP_MS) ?? Promise.resolve())).message).to.equal(
      "the server closed the connection",
    );
  });

  it("fails to open where there is no session in the answer", async () => {
    server = stubServer((_request, socket) => answer(socket, 200, "0{}"));
    const opening = PollingLoad.open(await server.listen(), polling4, SHAPE);
    expect((await failure(opening)).message).to.equal('Engine.IO handshake: no session in "200 0{}"');
  });

  describe("and heartbeats", () => {
    it("answers those of the server with its next post, alone or beside an echo", async () => {
      const answered = new Set<StubSession>();
      await open(polling4, (session, { body }, socket) => {
        const isFirst = !answered.has(session);
        answered.add(session);
        const message = body.replace("3\u001e", "");
        answerPoll(
          session,
          200,
          !isFirst ? message : answered.size === 1 ? `2\u001e${message}` : `${message}\u001e2`,
        );
        answer(socket, 200, "ok");
      });
      for (let lap = 0; lap < 2; lap++) await load?.run(0);
      for (const { posts } of sessions.values())
        expect(posts.map((body) => body.startsWith("3\u001e4")).slice(0, 3)).to.deep.equal([
          false,
          true,
          false,
        ]);
    });

    it("polls again after one that came alone", async () => {
      await open(polling4, (session, { body }, socket) => {
        answerPoll(session, 200, body.replace("3\u001e", ""));
        answer(socket, 200, "ok");
      });
      for (const session of sessions.values()) {
        await lastPoll(session);
        answerPoll(session, 200, "2");
        await lastPoll(session);
      }
      await load?.run(0);
      for (const { posts } of sessions.values()) expect(posts[0]?.slice(0, 3)).to.equal("3\u001e4");
    });

    it("sends its own in revision 3, and takes the answer to it", async () => {
      const hurried = { ...polling3, heartbeat: { ...polling3.heartbeat, clientPeriodMs: 0 } };
      await open(hurried, (session, { body }, socket) => {
        answerPoll(session, 200, body.replace("1:2", "1:3"));
        answer(socket, 200, "ok");
      });
      await load?.run(LAP_MS);
      for (const body of messages()) expect(body).to.match(/^1:233:4/);
    });
  });
});
