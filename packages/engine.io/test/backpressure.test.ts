import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket as NetSocket } from "node:net";
import type { OnBufferFull, ServerOptions, Socket, Transport } from "@towline/engine.io";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import { growthOf } from "../../websocket/test/support/memory.ts";
import { nextUncaught } from "../../websocket/test/support/uncaught.ts";
import { type Polled, RunningServer } from "./support/running-server.ts";

const MIB = 2 ** 20;
/** More than the kernel keeps for a connection on the loopback interface. */
const PLENTY = 32 * MIB;

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

let server: RunningServer;
const start = async (options: ServerOptions = {}) => {
  server = await RunningServer.start(options);
};

interface Flooded {
  readonly reason: string;
  readonly description: Error;
  readonly sentBytes: number;
  readonly peakBytes: number;
}

/** Sends to a client that does not read until the session is closed. */
async function flood(socket: Socket, message: string | Buffer): Promise<Flooded> {
  const closed = once(socket, "close") as Promise<[string, Error]>;
  let sentBytes = 0;
  let peakBytes = 0;
  while (socket.readyState === "open") {
    if (sentBytes > 4 * PLENTY) throw new Error("nothing bounds what is kept for a client");
    socket.send(message);
    sentBytes += message.length;
    peakBytes = Math.max(peakBytes, socket.bufferedAmount);
    await nextTurn();
  }
  const [reason, description] = await closed;
  return { reason, description, sentBytes, peakBytes };
}

describe("backpressure", function () {
  this.timeout(5_000);
  afterEach(() => server.close());

  describe("of a client that does not read", () => {
    const LIMIT = MIB;
    const message = randomBytes(32 * 1024).toString("hex");

    it("closes a session whose client never polls", async () => {
      await start({ maxSendBufferBytes: LIMIT });
      const { socket } = await server.openPolling();
      const { reason, description, sentBytes } = await flood(socket, message);
      expect([reason, description.name]).to.deep.equal(["send buffer overflow", "SendBufferError"]);
      expect(sentBytes).to.be.within(LIMIT - message.length, LIMIT + message.length);
      expect(server.engine.clientsCount).to.equal(0);
    });

    it("closes a session of tiny messages whose client never polls, before they take much more", async () => {
      await start({ maxSendBufferBytes: LIMIT });
      const { socket } = await server.openPolling();
      const closed = once(socket, "close");
      const { bytes, result } = await growthOf(async () => {
        let count = 0;
        while (socket.readyState === "open") {
          socket.send("");
          if (++count > LIMIT) throw new Error("nothing bounds how many messages are kept");
          if (count === 10_000) break;
        }
        return count;
      });
      expect(bytes).to.be.below(4 * LIMIT);
      expect(result).to.equal(10_000);
      for (let more = 0; more < LIMIT / 10 && socket.readyState === "open"; more++) socket.send("");
      expect(socket.readyState).to.equal("closed");
      expect((await closed)[0]).to.equal("send buffer overflow");
    });

    const webSockets: readonly [title: string, options: ServerOptions, headers: readonly string[]][] = [
      ["a WebSocket", {}, []],
      [
        "a WebSocket with permessage-deflate",
        { perMessageDeflate: true },
        ["Sec-WebSocket-Extensions: permessage-deflate"],
      ],
      ["a WebSocket of wsEngine", { wsEngine: WebSocketServer }, []],
      [
        "a WebSocket of wsEngine with permessage-deflate",
        { wsEngine: WebSocketServer, perMessageDeflate: true },
        ["Sec-WebSocket-Extensions: permessage-deflate"],
      ],
    ];
    for (const [title, options, headers] of webSockets)
      it(`closes a session on ${title} that never reads`, async () => {
        await start({ ...options, maxSendBufferBytes: LIMIT });
        const { socket, raw, head } = await server.openRaw(headers);
        expect(head.includes("permessage-deflate")).to.equal(headers.length > 0);
        raw.socket.pause();
        const { reason, description, peakBytes } = await flood(socket, message);
        expect([reason, description.name]).to.deep.equal(["send buffer overflow", "SendBufferError"]);
        expect(peakBytes).to.be.within(LIMIT / 2, LIMIT + message.length);
        expect(server.engine.clientsCount).to.equal(0);
      });

    it("closes a session whose client polls and never reads the answer", async () => {
      await start({ maxSendBufferBytes: LIMIT });
      const { socket, url } = await server.openPolling();
      const raw = await server.dial();
      raw.socket.pause();
      const arrived = once(server.http, "request");
      raw.send(`GET ${url.slice(url.indexOf("/engine.io"))} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await arrived;
      const { reason, sentBytes } = await flood(socket, message);
      expect(reason).to.equal("send buffer overflow");
      expect(sentBytes).to.be.below(3 * LIMIT);
    });
  });

  describe("decided by onBufferFull", () => {
    const LIMIT = 1_000;
    const asked: [socket: Socket, bufferedAmount: number, messageBytes: number][] = [];
    let onBufferFull: OnBufferFull;
    let session: Polled;
    beforeEach(async () => {
      asked.splice(0);
      await start({
        maxSendBufferBytes: LIMIT,
        onBufferFull: (...args) => {
          asked.push(args);
          return onBufferFull(...args);
        },
      });
      session = await server.openPolling();
    });

    it("is asked with the socket, what waits and what does not fit", () => {
      onBufferFull = () => "drop";
      const { socket } = session;
      socket.send("a".repeat(700));
      expect(asked).to.deep.equal([]);
      socket.send("b".repeat(400));
      expect(asked).to.have.length(1);
      const [subject, bufferedAmount, messageBytes] = asked[0] as (typeof asked)[0];
      expect(subject).to.equal(socket);
      expect(bufferedAmount).to.equal(socket.bufferedAmount).and.to.be.within(700, 800);
      expect(messageBytes).to.be.within(400, 500);
    });

    it("closes on close", async () => {
      onBufferFull = () => "close";
      const closed = once(session.socket, "close");
      session.socket.send("a".repeat(700)).send("b".repeat(400)).send("c");
      expect((await closed)[0]).to.equal("send buffer overflow");
      expect(asked).to.have.length(1);
    });

    it("leaves out the message, and its callback, on drop", async () => {
      onBufferFull = () => "drop";
      const called: string[] = [];
      session.socket.send("a".repeat(700), () => called.push("a"));
      session.socket.send("b".repeat(400), () => called.push("b"));
      session.socket.send("c", () => called.push("c"));
      const flushed = once(session.socket, "drain");
      expect(await (await session.poll()).text()).to.equal(`4${"a".repeat(700)}\x1e4c`);
      await flushed;
      expect(called).to.deep.equal(["a", "c"]);
    });

    it("sends all the same on send", async () => {
      onBufferFull = () => "send";
      session.socket.send("a".repeat(700)).send("b".repeat(400)).send("c".repeat(100));
      expect(asked).to.have.length(2);
      const { length } = await (await session.poll()).text();
      expect(length).to.equal(700 + 400 + 100 + 3 + 2);
    });

    it("may close the session itself", async () => {
      onBufferFull = (socket) => {
        socket.close(true);
        return "send";
      };
      const closed = once(session.socket, "close");
      session.socket.send("a".repeat(700)).send("b".repeat(400));
      expect(await closed).to.deep.equal(["forced close", undefined]);
      expect(server.engine.clientsCount).to.equal(0);
    });

    for (const [policy, arrives] of [
      ["drop", false],
      ["send", true],
    ] as const)
      it(`${policy}s on a WebSocket, too, and the session goes on`, async () => {
        onBufferFull = () => policy;
        const { socket, frames } = await server.openWebSocket();
        socket.send("a".repeat(700)).send("b".repeat(400)).send("c");
        expect(asked[0]?.[0]).to.equal(socket);
        expect(await frames.next()).to.equal(`4${"a".repeat(700)}`);
        if (arrives) expect(await frames.next()).to.equal(`4${"b".repeat(400)}`);
        expect(await frames.next()).to.equal("4c");
      });
  });

  describe("bufferedAmount and drain", () => {
    it("grow and come when the client polls", async () => {
      await start();
      const { socket, poll } = await server.openPolling();
      expect(socket.bufferedAmount).to.equal(0);
      socket.send("a".repeat(1_000));
      const one = socket.bufferedAmount;
      expect(one).to.be.within(1_000, 1_100);
      socket.send(Buffer.alloc(1_000));
      expect(socket.bufferedAmount).to.equal(2 * one);
      const drained = once(socket, "drain");
      await (await poll()).text();
      await drained;
      expect(socket.bufferedAmount).to.equal(0);
    });

    it("wait for what follows the answer to a poll", async () => {
      await start();
      const { socket, poll, waitingPoll } = await server.openPolling();
      const flushed: string[] = [];
      const { answer } = await waitingPoll();
      const first = new Promise<void>((resolve) => {
        socket.send("a", () => {
          flushed.push("a");
          resolve();
        });
      });
      socket.send("b", () => flushed.push("b"));
      const drained = new Promise<void>((resolve) => {
        socket.once("drain", () => {
          flushed.push("drain");
          resolve();
        });
      });
      await Promise.all([answer, first]);
      expect(socket.bufferedAmount).to.be.above(0);
      await (await poll()).text();
      await drained;
      expect(flushed).to.deep.equal(["a", "b", "drain"]);
    });

    it("do so when a WebSocket has been written to", async () => {
      await start();
      const { socket } = await server.openWebSocket();
      const drained = once(socket, "drain");
      socket.send("a".repeat(1_000));
      expect(socket.bufferedAmount).to.be.within(1_001, 1_100);
      await drained;
      expect(socket.bufferedAmount).to.equal(0);
    });

    for (const [title, options] of [
      ["a WebSocket", {}],
      ["a WebSocket of wsEngine", { wsEngine: WebSocketServer }],
    ] as const)
      it(`wait for the client that pauses, on ${title}`, async () => {
        await start({ ...options, maxSendBufferBytes: 2 * PLENTY });
        const { socket, frames } = await server.openWebSocket();
        const { _socket: connection } = frames.webSocket as unknown as { readonly _socket: NetSocket };
        frames.webSocket.pause();
        const drains: number[] = [];
        socket.on("drain", () => drains.push(connection.bytesRead));
        for (let sent = 0; sent < PLENTY; sent += MIB) socket.send(Buffer.alloc(MIB));
        expect(socket.bufferedAmount).to.be.at.least(PLENTY / 2);
        const drained = once(socket, "drain");
        frames.webSocket.resume();
        await drained;
        expect(socket.bufferedAmount).to.equal(0);
        // What the kernel keeps was not read yet; all else was.
        expect(drains).to.have.length(1);
        expect(drains[0]).to.be.above(PLENTY / 2);
      });

    it("wait for the client that pauses in the answer to its poll", async () => {
      await start();
      const { socket, url } = await server.openPolling();
      const connection = connect(server.port, "127.0.0.1").pause();
      const arrived = once(server.http, "request");
      connection.write(`GET ${url.slice(url.indexOf("/engine.io"))} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await arrived;
      const drains: number[] = [];
      socket.on("drain", () => drains.push(connection.bytesRead));
      socket.send(Buffer.alloc(PLENTY / 2));
      expect(socket.bufferedAmount).to.be.at.least(PLENTY / 2);
      const drained = once(socket, "drain");
      connection.resume();
      await drained;
      expect(socket.bufferedAmount).to.equal(0);
      expect(drains).to.have.length(1);
      expect(drains[0]).to.be.above(PLENTY / 4);
      connection.destroy();
    });
  });

  describe("callbacks of send", () => {
    const called: [name: string, transport: string][] = [];
    const note = (name: string) => (transport: Transport) => void called.push([name, transport.name]);
    beforeEach(() => {
      called.splice(0);
    });

    it("come with the transport, in order and once, when a poll has taken the messages", async () => {
      await start();
      const { socket, poll } = await server.openPolling();
      socket.send("a", note("a")).send("b").write("c", { compress: false }, note("c"));
      expect(called).to.deep.equal([]);
      const drained = once(socket, "drain");
      await (await poll()).text();
      await drained;
      expect(called).to.deep.equal([
        ["a", "polling"],
        ["c", "polling"],
      ]);
      const again = once(socket, "drain");
      socket.send("d", null, note("d"));
      await (await poll()).text();
      await again;
      expect(called.slice(2)).to.deep.equal([["d", "polling"]]);
    });

    for (const [title, options] of [
      ["a WebSocket", {}],
      ["a WebSocket of wsEngine", { wsEngine: WebSocketServer }],
      ["a WebSocket with permessage-deflate", { perMessageDeflate: { threshold: 0 } }],
    ] as const)
      it(`come with the transport, in order and once, on ${title}`, async () => {
        await start(options);
        const { socket, frames } = await server.openWebSocket({ perMessageDeflate: true });
        const drained = once(socket, "drain");
        for (const name of ["a", "b", "c"]) socket.send(name, note(name));
        expect(called).to.deep.equal([]);
        await drained;
        for (const name of ["a", "b", "c"]) expect(await frames.next()).to.equal(`4${name}`);
        const all = ["a", "b", "c"].map((name) => [name, "websocket"]);
        expect(called).to.deep.equal(all);
        const again = once(socket, "drain");
        socket.send("d");
        await again;
        expect(called).to.deep.equal(all);
      });

    it("come in order across an upgrade", async () => {
      await start();
      const { socket, sid, waitingPoll } = await server.openPolling();
      const { answer } = await waitingPoll();
      socket.send("1", note("1"));
      expect(await answer).to.equal("41");
      const frames = server.openFrames(`EIO=4&transport=websocket&sid=${sid}`);
      await once(frames.webSocket, "open");
      frames.send("2probe");
      expect(await frames.next()).to.equal("3probe");
      socket.send("2", note("2")).send("3", note("3"));
      const upgraded = once(socket, "upgrade");
      const drained = once(socket, "drain");
      frames.send("5");
      await upgraded;
      socket.send("4", note("4"));
      await drained;
      for (const wire of ["42", "43", "44"]) expect(await frames.next()).to.equal(wire);
      expect(called).to.deep.equal([
        ["1", "polling"],
        ["2", "websocket"],
        ["3", "websocket"],
        ["4", "websocket"],
      ]);
    });

    it("do not come for what a close has dropped, nor after it", async () => {
      await start();
      const polled = await server.openPolling();
      polled.socket.send("a", note("a"));
      polled.socket.close(true);
      polled.socket.send("b", note("b"));
      const { socket, frames } = await server.openWebSocket();
      socket.send("c", note("c"));
      socket.close(true);
      socket.send("d", note("d"));
      await once(frames.webSocket, "close");
      await nextTurn();
      expect(called).to.deep.equal([]);
    });

    it("that throw keep neither the others nor drain from coming", async () => {
      await start();
      const { socket, poll } = await server.openPolling();
      const thrown = nextUncaught();
      socket.send("a", () => {
        throw new Error("of the application");
      });
      socket.send("b", note("b"));
      const drained = once(socket, "drain");
      await (await poll()).text();
      expect((await thrown).message).to.equal("of the application");
      await drained;
      expect(called).to.deep.equal([["b", "polling"]]);
    });
  });
});
