import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HandlerContext, Namespace, Socket } from "@towline/socket.io";
import { Adapter, SessionAwareAdapter } from "@towline/socket.io-adapter";
import { Decoder, Encoder } from "@towline/socket.io-parser";
import { expect } from "chai";
import { cleanUp, RawClient, startServer } from "./raw-client.ts";
import { drop, startRecovery, tick } from "./recovery-client.ts";

afterEach(cleanUp);

/** What `handler_error` of a server is told: the message and the event. */
function listenTo(io: {
  on(event: "handler_error", listener: (e: unknown, c: HandlerContext) => void): unknown;
}) {
  const told: string[] = [];
  io.on("handler_error", (error, { event }) => told.push(`${(error as Error).message} in ${event}`));
  return told;
}

async function socketOf(options: Parameters<typeof startServer>[0] = {}) {
  const server = await startServer(options);
  const connection = once(server.io, "connection");
  const client = server.connect();
  await client.join();
  const socket: Socket = (await connection)[0];
  return { ...server, client, socket };
}

describe("parser that stands on the Decoder of the format itself", () => {
  it("has its attachments bounded in time, and no packet once it is complete", async () => {
    const { client, socket } = await socketOf({ parser: { Encoder, Decoder }, attachmentTimeout: 30 });
    const heard = once(socket, "up");
    client.send('451-["up",{"_placeholder":true,"num":0}]', Buffer.of(1));
    expect(await heard).to.deep.equal([Buffer.of(1)]);
    const disconnect = once(socket, "disconnect");
    // Longer than the bound, which nothing waits for any more.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(socket.connected).to.equal(true);
    client.send('451-["up",{"_placeholder":true,"num":0}]');
    expect((await disconnect)[0]).to.equal("parse error");
  });
});

describe("middleware that fails after it has called next", () => {
  it("does not answer for the handler", async () => {
    const { io, client, socket } = await socketOf();
    const told = listenTo(io);
    const replies: ((answer: string) => void)[] = [];
    socket.on("ask", (reply) => replies.push(reply));
    socket.use((_event, next) => {
      next();
      throw new Error("too late");
    });
    client.send('420["ask"]');
    while (replies.length === 0) await tick();
    replies[0]?.("yes");
    expect(await client.next()).to.equal('430["yes"]');
    expect(told).to.deep.equal(["too late in middleware"]);
  });

  it("does not refuse the socket that another one still looks at", async () => {
    const { io, connect } = await startServer();
    const told = listenTo(io);
    const letIn: (() => void)[] = [];
    io.use((_socket, next) => {
      next();
      throw new Error("too late");
    });
    io.use((_socket, next) => letIn.push(next));
    const client = connect();
    await client.next();
    client.send("40");
    while (letIn.length === 0) await tick();
    letIn[0]?.();
    expect(await client.next()).to.match(/^40\{"sid"/);
    expect(told).to.deep.equal(["too late in middleware"]);
  });
});

describe("adapter that cannot keep a session", () => {
  for (const [title, fail] of [
    [
      "throws",
      (error: Error) => {
        throw error;
      },
    ],
    ["rejects", (error: Error) => Promise.reject(error)],
  ] as const)
    it(`is told of, and its socket leaves all the same, when it ${title}`, async () => {
      class Forgetful extends SessionAwareAdapter {
        override persistSession = (): void => fail(new Error("cannot be encoded")) as never;
      }
      const { io, join } = await startRecovery({}, { adapter: Forgetful });
      const told = listenTo(io);
      const member = await join();
      await drop(member);
      while (told.length === 0) await tick();
      expect(told).to.deep.equal(["cannot be encoded in persistSession"]);
      expect([io.sockets.sockets.size, io.sockets.adapter.rooms.size]).to.deep.equal([0, 0]);
    });
});

describe("adapter that cannot be made for a child namespace", () => {
  for (const [title, pattern] of [
    ["a regular expression", /^\/room/],
    [
      "a function",
      (_name: string, _auth: object, next: (error: null, ok: boolean) => void) => next(null, true),
    ],
    [
      "a function that answers later",
      (_name: string, _auth: object, next: (error: null, ok: boolean) => void) =>
        setImmediate(next, null, true),
    ],
  ] as const)
    it(`has the client of ${title} refused, who may ask again`, async () => {
      let isThere = false;
      const adapter = (namespace: Namespace) => {
        if (namespace.name === "/room" && !isThere) throw new Error("no broker");
        return new Adapter(namespace);
      };
      const { io, connect } = await startServer({ adapter });
      const told = listenTo(io);
      io.of(pattern);
      const client = connect();
      await client.next();
      client.send("40/room,");
      expect(await client.next()).to.equal('44/room,{"message":"Invalid namespace"}');
      expect(told).to.deep.equal(["no broker in namespace"]);
      isThere = true;
      client.send("40/room,");
      expect(await client.next()).to.match(/^40\/room,\{"sid"/);
    });
});

describe("server that was closed and is attached again", () => {
  it("recovers connections as before", async () => {
    const { io } = await startServer({ connectionStateRecovery: {} });
    await io.close();
    const http = createServer().listen(0);
    await once(http, "listening");
    io.attach(http);
    const url = `http://localhost:${(http.address() as AddressInfo).port}`;
    const connection = once(io, "connection");
    const client = new RawClient(url, 4);
    await client.next();
    client.send("40");
    const { sid, pid } = JSON.parse(String(await client.next()).slice(2));
    const left = once((await connection)[0], "disconnect");
    client.close();
    await left;
    const again = new RawClient(url, 4);
    await again.next();
    again.send(`40${JSON.stringify({ pid })}`);
    expect(JSON.parse(String(await again.next()).slice(2))).to.deep.equal({ sid, pid });
    again.close();
    await io.close();
  });
});

describe("client that is gone", () => {
  it("does not hold up the process that asks it again and again", async () => {
    const { client, socket } = await socketOf();
    const left = once(socket, "disconnect");
    client.close();
    await left;
    let tries = 0;
    let isOver = false;
    const ask = (): Promise<void> =>
      socket.emitWithAck("ask").then(
        () => expect.fail("who answered?"),
        () => {
          tries++;
          return isOver ? undefined : ask();
        },
      );
    const asking = ask();
    // A timer fires between the tries.
    await new Promise((resolve) => setTimeout(resolve, 5));
    isOver = true;
    await asking;
    expect(tries).to.be.at.least(1);
    expect(socket.acks.size).to.equal(0);
  });
});
