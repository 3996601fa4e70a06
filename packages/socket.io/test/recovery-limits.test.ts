import { once } from "node:events";
import { FakeClock } from "@towline/core";
import { Server, type Socket } from "@towline/socket.io";
import { expect } from "chai";
import { cleanUp, type RawClient } from "./raw-client.ts";
import {
  drop,
  keptBy,
  type Member,
  offsetOf,
  startRecovery,
  tick,
  withoutOffsets,
} from "./recovery-client.ts";

afterEach(cleanUp);

describe("limits of recovery", () => {
  it("says at construction which of them are wrong", () => {
    expect(
      () =>
        new Server({
          connectionStateRecovery: {
            maxDisconnectionDuration: -1,
            skipMiddlewares: "yes",
            maxPackets: 1.5,
            maxBytes: "much",
          },
        } as never),
    ).to.throw(
      TypeError,
      /(?=.*maxDisconnectionDuration)(?=.*skipMiddlewares)(?=.*maxPackets)(?=.*maxBytes)/,
    );
    expect(() => new Server({ connectionStateRecovery: "on" } as never)).to.throw(
      TypeError,
      'connectionStateRecovery must be an object, or true for the defaults, got "on"',
    );
  });

  it("is off, or on with the defaults, or endless as far as a timer can run", () => {
    const of = (given: unknown) =>
      new Server({ connectionStateRecovery: given } as never).opts.connectionStateRecovery;
    expect([of(undefined), of(null), of(false)]).to.deep.equal([undefined, undefined, undefined]);
    expect(of(true)).to.deep.equal(of({}));
    expect(of({ maxDisconnectionDuration: Number.POSITIVE_INFINITY })).to.include({
      maxDisconnectionDuration: 2 ** 31 - 1,
    });
  });

  it("fills in what is not given", () => {
    expect(new Server({ connectionStateRecovery: {} }).opts.connectionStateRecovery).to.deep.equal({
      maxDisconnectionDuration: 120_000,
      skipMiddlewares: true,
      maxPackets: 10_000,
      maxBytes: 16 * 1024 * 1024,
    });
  });

  for (const [title, absence, isRecovered] of [
    ["comes back just in time", 119_999, true],
    ["comes back too late", 120_001, false],
  ] as const)
    it(`${isRecovered ? "recovers" : "does not recover"} a client that ${title}`, async () => {
      const clock = new FakeClock();
      const { io, join, received } = await startRecovery({}, { adapter: keptBy(clock) });
      const before = await join();
      await drop(before);
      io.emit("x");
      clock.advance(absence);
      const after = await join({ pid: before.pid });
      expect([after.socket.recovered, after.sid === before.sid]).to.deep.equal([isRecovered, isRecovered]);
      expect(withoutOffsets(await received(after))).to.deep.equal(isRecovered ? ['42["x"]'] : []);
    });

  it("keeps nothing, and no timer, when the time is over", async () => {
    const clock = new FakeClock();
    const { io, join } = await startRecovery({}, { adapter: keptBy(clock) });
    const members = [await join(), await join()];
    for (const member of members) await member.socket.join("r");
    for (const member of members) await drop(member);
    for (let i = 0; i < 10; i++) io.emit("x", i);
    expect(clock.pending).to.equal(1);
    clock.advance(300_000);
    expect(clock.pending).to.equal(0);
    const { adapter } = io.sockets;
    expect([adapter.rooms.size, adapter.sids.size, io.sockets.sockets.size]).to.deep.equal([0, 0, 0]);
  });

  it("asks nothing of its clock while nobody is away and nothing is emitted", async () => {
    const clock = new FakeClock();
    const { join } = await startRecovery({}, { adapter: keptBy(clock) });
    await join();
    expect(clock.pending).to.equal(0);
  });

  it("does not recover, rather than leave out, when a packet that was missed had to make room", async () => {
    const { io, join } = await startRecovery({ maxPackets: 3 });
    const [exact, short] = [await join(), await join()];
    await drop(short);
    io.emit("first");
    const offset = offsetOf(await exact.client.next());
    await drop(exact);
    for (const n of [1, 2, 3]) io.emit("n", n);
    expect((await join({ pid: short.pid })).socket.recovered).to.equal(false);
    expect((await join({ pid: exact.pid, offset })).sid).to.equal(exact.sid);
  });

  it("counts bytes as they are sent", async () => {
    const { io, join, received } = await startRecovery({ maxBytes: 1000 });
    const [before, unlucky] = [await join(), await join()];
    await drop(before);
    await drop(unlucky);
    for (const n of [1, 2]) io.to(before.sid).emit("n", n, "x".repeat(400));
    const after = await join({ pid: before.pid });
    expect(await received(after)).to.have.length(2);
    await drop(after);
    io.to(before.sid).emit("n", 3, Buffer.alloc(600));
    io.to(unlucky.sid).emit("too much", Buffer.alloc(1001));
    expect((await join({ pid: before.pid })).socket.recovered).to.equal(false);
    expect((await join({ pid: unlucky.pid })).socket.recovered).to.equal(false);
  });

  it("does not keep a client from coming back for packets that were not for it", async () => {
    const { io, join, received } = await startRecovery({ maxPackets: 3 });
    const [before, other] = [await join(), await join()];
    await other.socket.join("busy");
    await drop(before);
    for (let i = 0; i < 100; i++) io.to("busy").emit("n", i);
    io.emit("to all");
    const after = await join({ pid: before.pid });
    expect(after.sid).to.equal(before.sid);
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["to all"]']);
  });

  for (const [title, hasOffset] of [
    ["a client with an offset", true],
    ["a client without", false],
  ] as const)
    it(`lets ${title} begin anew when packets were dropped while middlewares ran`, async () => {
      const { io, ask, join } = await startRecovery({ skipMiddlewares: false, maxPackets: 3 });
      const pending: (() => void)[] = [];
      let isSlow = false;
      io.use((_socket, next) => (isSlow ? void pending.push(next) : next()));
      const before = await join();
      let claim: { pid: string; offset?: string } = { pid: before.pid };
      if (hasOffset) {
        io.emit("first");
        claim = { ...claim, offset: offsetOf(await before.client.next()) };
      }
      await drop(before);
      isSlow = true;
      const client = await ask(claim);
      while (pending.length === 0) await tick();
      for (let i = 0; i < 10; i++) io.emit("n", i);
      isSlow = false;
      pending[0]?.();
      // It must not take itself for recovered, neither now nor at its next attempt.
      const answer = await client.next();
      expect(String(answer)).not.to.include(before.pid);
      expect((await join(claim)).socket.recovered).to.equal(false);
    });

  it("lets a client begin anew whose middlewares took longer than sessions are kept", async () => {
    const clock = new FakeClock();
    const { io, ask, join } = await startRecovery({ skipMiddlewares: false }, { adapter: keptBy(clock) });
    const pending: (() => void)[] = [];
    let isSlow = false;
    io.use((_socket, next) => (isSlow ? void pending.push(next) : next()));
    const before = await join();
    await drop(before);
    isSlow = true;
    const client = await ask({ pid: before.pid });
    while (pending.length === 0) await tick();
    clock.advance(200_000);
    io.emit("nobody keeps this");
    isSlow = false;
    pending[0]?.();
    expect(String(await client.next())).not.to.include(before.pid);
    expect((await join({ pid: before.pid })).socket.recovered).to.equal(false);
  });
});

type Leave = (member: Member) => unknown;

describe("reasons to keep a session", () => {
  for (const [title, leave, reason, isKept] of [
    ["closes its connection", ({ client }) => client.close(), "transport close", true],
    ["loses its connection", ({ socket }) => socket.request.socket.destroy(), "transport close", true],
    [
      "has its connection closed by the application",
      ({ socket }) => socket.conn.close(),
      "forced close",
      true,
    ],
    ["does what no client may", ({ client }) => client.send("40"), "forced close", true],
    ["leaves the namespace", ({ client }) => client.send("41"), "client namespace disconnect", false],
    ["is put out of it", ({ socket }) => socket.disconnect(), "server namespace disconnect", false],
    ["is put out of all", ({ socket }) => socket.disconnect(true), "server namespace disconnect", false],
    [
      "is put out by a broadcast",
      ({ socket }) => socket.nsp.in(socket.id).disconnectSockets(true),
      "server namespace disconnect",
      false,
    ],
    ["sends what is no packet", ({ client }) => client.send("42{"), "parse error", false],
  ] as [string, Leave, string, boolean][])
    it(`${isKept ? "keeps" : "does not keep"} that of a client that ${title}`, async () => {
      const { join } = await startRecovery();
      const before = await join();
      const left = once(before.socket, "disconnect");
      leave(before);
      expect((await left)[0]).to.equal(reason);
      expect((await join({ pid: before.pid })).socket.recovered).to.equal(isKept);
    });

  it("keeps that of a client that does not answer the heartbeat", async () => {
    const { connect, join, welcome } = await startRecovery({}, { pingInterval: 10, pingTimeout: 10 });
    const client: RawClient = connect();
    await client.next();
    client.send("40");
    const before = await welcome(client);
    expect((await once(before.socket, "disconnect"))[0]).to.equal("ping timeout");
    expect((await join({ pid: before.pid })).sid).to.equal(before.sid);
  });

  it("does not keep that of a socket that left the namespace before its connection went", async () => {
    const { io, connect, join, welcome } = await startRecovery();
    io.of("/other");
    const client = connect();
    await client.next();
    client.send("40", "40/other,");
    const [before, other] = [await welcome(client), await welcome(client, "/other")];
    const [left, otherLeft] = [once(before.socket, "disconnect"), once(other.socket, "disconnect")];
    client.send("41");
    await left;
    client.close();
    await otherLeft;
    expect((await join({ pid: before.pid })).socket.recovered).to.equal(false);
    expect((await join({ pid: other.pid }, "/other")).socket.recovered).to.equal(true);
  });

  it("does not keep that of a socket that was never let in", async () => {
    const { io, ask } = await startRecovery();
    const persisted: unknown[] = [];
    io.sockets.adapter.persistSession = (session) => void persisted.push(session);
    let socket: Socket | undefined;
    io.use((joining) => {
      socket = joining;
    });
    const client = await ask();
    while (socket === undefined) await tick();
    client.close();
    while (io.engine.clientsCount > 0) await tick();
    expect(persisted).to.deep.equal([]);
  });
});
