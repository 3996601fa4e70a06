import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Duplex, type DuplexOptions, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { expect } from "chai";
import { WebSocket as TheirWebSocket, WebSocketServer as TheirWebSocketServer } from "ws";
import { acceptKey } from "../src/handshake.ts";
import { WebSocket } from "../src/websocket.ts";
import { WebSocketServer } from "../src/websocket-server.ts";
import { createWebSocketStream, type StreamedWebSocket } from "../src/websocket-stream.ts";
import { hex } from "./support/bytes.ts";
import { closeOf } from "./support/close-of.ts";

/** What the tests use of either library's WebSocket. */
interface Peer extends Omit<StreamedWebSocket, "on" | "once" | "off">, EventEmitter {
  binaryType: string;
  send(data: string | Uint8Array, callback?: (error?: Error) => void): void;
  close(code?: number, reason?: string): void;
}

interface Library {
  readonly name: string;
  connect(port: number): Peer;
  listen(): EventEmitter & { address(): unknown; close(): void };
}

const LIBRARIES: readonly Library[] = [
  {
    name: "ours",
    connect: (port) => new WebSocket(`ws://127.0.0.1:${port}`) as EventEmitter as unknown as Peer,
    listen: () => new WebSocketServer({ port: 0, host: "127.0.0.1" }) as unknown as EventEmitter & never,
  },
  {
    name: "ws",
    connect: (port) => new TheirWebSocket(`ws://127.0.0.1:${port}`) as unknown as Peer,
    listen: () => new TheirWebSocketServer({ port: 0, host: "127.0.0.1" }),
  },
];

/** Keeps what a stream emits, in its order. */
function record(stream: Duplex, events: readonly string[] = ["end", "finish", "error", "close"]): string[] {
  const seen: string[] = [];
  for (const event of events)
    stream.on(event, (value?: unknown) =>
      seen.push(value instanceof Error ? `${event}: ${value.message}` : event),
    );
  return seen;
}

/** Every chunk that comes until the stream is gone, however it ends. */
function chunksOf(stream: Duplex): unknown[] {
  const chunks: unknown[] = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  return chunks;
}

/** Unlike `once` it does not mind an error before. */
const closed = (emitter: EventEmitter): Promise<unknown> =>
  new Promise((resolve) => emitter.once("close", resolve));

/** A port of this machine at which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await closed(server);
  return port;
}

for (const library of LIBRARIES)
  describe(`createWebSocketStream of a WebSocket of ${library.name}`, () => {
    let server: ReturnType<Library["listen"]>;
    let port: number;
    const sockets: Peer[] = [];

    beforeEach(async () => {
      server = library.listen();
      await once(server, "listening");
      port = (server.address() as AddressInfo).port;
    });
    afterEach(async () => {
      for (const socket of sockets.splice(0)) socket.terminate();
      server.close();
      await closed(server);
    });

    const client = (to = port): Peer => {
      const socket = library.connect(to);
      sockets.push(socket);
      return socket;
    };

    /** A stream on an open WebSocket, and its peer. */
    const open = async (options?: DuplexOptions) => {
      const socket = client();
      const [[peer]] = (await Promise.all([once(server, "connection"), once(socket, "open")])) as [
        [Peer],
        [],
      ];
      sockets.push(peer);
      return { socket, peer, stream: createWebSocketStream(socket, options) };
    };

    it("gives each message as a chunk of bytes", async () => {
      const { peer, stream } = await open();
      const chunks = chunksOf(stream);
      for (const message of ["text €", hex("0102"), "", "last"]) peer.send(message);
      peer.close();
      await once(stream, "end");
      expect(chunks).to.deep.equal([Buffer.from("text €"), hex("0102"), Buffer.from("last")]);
      stream.end();
      await closed(stream);
    });

    it("gives text as strings and keeps empty messages in readableObjectMode", async () => {
      const { peer, stream } = await open({ readableObjectMode: true });
      const chunks = chunksOf(stream);
      for (const message of ["text €", hex("0102"), "", Buffer.alloc(0)]) peer.send(message);
      peer.close();
      await once(stream, "end");
      expect(chunks).to.deep.equal(["text €", hex("0102"), "", Buffer.alloc(0)]);
      stream.end();
      await closed(stream);
    });

    it("puts only the readable side into object mode, and only by readableObjectMode", async () => {
      const { stream } = await open({ objectMode: true, writableObjectMode: true });
      expect([stream.readableObjectMode, stream.writableObjectMode]).to.deep.equal([false, false]);
      stream.destroy();
      await closed(stream);
    });

    it("gives bytes when binaryType is arraybuffer", async () => {
      const { socket, peer, stream } = await open();
      socket.binaryType = "arraybuffer";
      peer.send(hex("0102"));
      expect(await once(stream, "data")).to.deep.equal([hex("0102")]);
    });

    it("sends each chunk as a binary message, and a string as text when decodeStrings is false", async () => {
      for (const [options, isBinary] of [
        [{}, true],
        [{ decodeStrings: false }, false],
      ] as const) {
        const { peer, stream } = await open(options);
        const received: unknown[] = [];
        peer.on("message", (data: Buffer, binary: boolean) => received.push([data.toString(), binary]));
        stream.write("a €");
        stream.write("b");
        stream.end(hex("63"));
        await closed(peer);
        expect(received).to.deep.equal([
          ["a €", isBinary],
          ["b", isBinary],
          ["c", true],
        ]);
      }
    });

    it("pauses the WebSocket when nobody reads, and resumes it when somebody does", async () => {
      const { socket, peer, stream } = await open({ readableHighWaterMark: 4 });
      stream.pause();
      peer.send(hex("01020304"));
      await once(socket, "message");
      expect(socket.isPaused).to.equal(true);
      const chunks = chunksOf(stream);
      stream.resume();
      peer.send(hex("05"));
      await once(socket, "message");
      expect(socket.isPaused).to.equal(false);
      peer.close();
      await once(stream, "end");
      expect(chunks).to.deep.equal([hex("01020304"), hex("05")]);
    });

    it("holds what is written until the WebSocket is open, and sends it in its order", async () => {
      const socket = client();
      const stream = createWebSocketStream(socket);
      for (const text of ["one", "two"]) stream.write(text);
      const [peer] = (await once(server, "connection")) as [Peer];
      const received: string[] = [];
      peer.on("message", (data: Buffer) => received.push(data.toString()));
      stream.end("three");
      expect(await closeOf(peer)).to.deep.equal([1005, ""]);
      expect(received).to.deep.equal(["one", "two", "three"]);
    });

    it("carries a file through an echoing peer in both directions at once", async () => {
      const { peer, stream } = await open({ readableHighWaterMark: 1024 });
      const echo = createWebSocketStream(peer, { readableHighWaterMark: 1024 });
      const echoed = pipeline(echo, echo);
      const sent = Buffer.alloc(300_000, "0123456789abcdef");
      const chunks = Array.from({ length: 30 }, (_, i) => sent.subarray(i * 10_000, (i + 1) * 10_000));
      const received: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => {
        received.push(chunk);
        if (Buffer.concat(received).length === sent.length) stream.end();
      });
      for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, "drain");
      await Promise.all([finished(stream), echoed]);
      expect(Buffer.concat(received).equals(sent)).to.equal(true);
    });

    it("closes the WebSocket at its end, and finishes when that is closed", async () => {
      const { socket, peer, stream } = await open();
      const seen = record(stream, ["finish", "end", "error"]);
      const peerClose = closeOf(peer);
      const atFinish = new Promise((resolve) => stream.once("finish", () => resolve(socket.readyState)));
      stream.resume();
      stream.end();
      await closed(stream);
      expect(await atFinish).to.equal(3);
      expect(await peerClose).to.deep.equal([1005, ""]);
      expect(seen).to.have.members(["end", "finish"]);
      expect(stream.destroyed).to.equal(true);
    });

    it("closes a WebSocket that still connects once it is open", async () => {
      const stream = createWebSocketStream(client());
      const seen = record(stream);
      stream.resume();
      stream.end();
      await closed(stream);
      expect(seen).to.have.members(["end", "finish", "close"]);
    });

    it("ends when the peer closes, and finishes only at its own end", async () => {
      const { peer, stream } = await open();
      const seen = record(stream);
      peer.send("last");
      peer.close(1001, "bye");
      expect(await once(stream, "data")).to.deep.equal([Buffer.from("last")]);
      await once(stream, "end");
      expect([stream.writable, stream.destroyed]).to.deep.equal([true, false]);
      stream.end();
      await closed(stream);
      expect(seen).to.deep.equal(["end", "finish", "close"]);
    });

    it("refuses what is written after the peer has closed", async () => {
      const { peer, stream } = await open();
      stream.resume();
      peer.close();
      await once(stream, "end");
      const written = new Promise((resolve) => stream.write("late", resolve));
      const [[error]] = await Promise.all([once(stream, "error"), closed(stream)]);
      expect((error as Error).message).to.match(/not open/);
      expect(await written).to.equal(error);
    });

    it("finishes by itself when the peer closes, with allowHalfOpen false", async () => {
      const { peer, stream } = await open({ allowHalfOpen: false });
      const seen = record(stream);
      stream.resume();
      peer.close();
      await closed(stream);
      expect(seen).to.deep.equal(["end", "finish", "close"]);
    });

    it("ends without an error when the connection is cut", async () => {
      const { peer, stream } = await open({ allowHalfOpen: false });
      const seen = record(stream);
      stream.resume();
      peer.terminate();
      await closed(stream);
      expect(seen).to.deep.equal(["end", "finish", "close"]);
    });

    it("is destroyed by itself whatever autoDestroy and emitClose say", async () => {
      const { peer, stream } = await open({ allowHalfOpen: false, autoDestroy: false, emitClose: false });
      stream.resume();
      peer.close();
      await closed(stream);
      expect(stream.destroyed).to.equal(true);
    });

    it("cuts the connection when destroyed, and closes after it", async () => {
      const { socket, peer, stream } = await open();
      const seen = record(stream);
      const peerClose = closeOf(peer);
      peer.send("first");
      await once(stream, "data");
      stream.destroy();
      await closed(stream);
      expect(socket.readyState).to.equal(3);
      expect(await peerClose).to.deep.equal([1006, ""]);
      expect(seen).to.deep.equal(["close"]);
    });

    it("closes when it is destroyed while paused", async () => {
      const { socket, peer, stream } = await open({ readableHighWaterMark: 1 });
      stream.pause();
      peer.send(hex("0102"));
      await once(socket, "message");
      expect(socket.isPaused).to.equal(true);
      stream.destroy();
      await closed(stream);
    });

    it("emits the error it was destroyed with, once", async () => {
      const { stream } = await open();
      const seen = record(stream);
      stream.destroy(new Error("mine"));
      await closed(stream);
      expect(seen).to.deep.equal(["error: mine", "close"]);
    });

    it("gives up connecting when destroyed, and tells whoever was writing", async () => {
      const stream = createWebSocketStream(client());
      const seen = record(stream);
      const written = new Promise((resolve) => stream.write("never sent", resolve));
      stream.destroy();
      await closed(stream);
      expect(seen[0]).to.match(/^error: /);
      expect(seen.slice(1)).to.deep.equal(["close"]);
      expect(await written).to.be.instanceOf(Error);
    });

    it("prefers the error it is destroyed with to that of the connecting it gives up", async () => {
      const stream = createWebSocketStream(client());
      const seen = record(stream);
      stream.destroy(new Error("mine"));
      await closed(stream);
      expect(seen).to.deep.equal(["error: mine", "close"]);
    });

    it("fails with the error of a connection that does not come about", async () => {
      const socket = client(await freePort());
      const stream = createWebSocketStream(socket);
      const seen = record(stream);
      const written = new Promise((resolve) => stream.write("never sent", resolve));
      await closed(stream);
      expect(seen[0]).to.match(/^error: connect ECONNREFUSED/);
      expect(seen.slice(1)).to.deep.equal(["close"]);
      expect(await written).to.be.instanceOf(Error);
    });

    it("ends at once when its WebSocket is closed already", async () => {
      const socket = client();
      await once(socket, "open");
      socket.close();
      await closed(socket);
      const stream = createWebSocketStream(socket);
      stream.resume();
      await once(stream, "end");
      stream.end();
      await closed(stream);
    });

    it("fails with the peer's fault, and still tells the peer of it", async () => {
      const http = createServer();
      http.on("upgrade", (request, socket: Socket) => {
        socket.on("error", () => {});
        const accept = acceptKey(request.headers["sec-websocket-key"] ?? "");
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        // A reserved bit.
        socket.write(hex("f1 00"));
        received = buffer(Readable.from(socket));
        socket.on("end", () => socket.end());
      });
      let received: Promise<Buffer> | undefined;
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      const stream = createWebSocketStream(client((http.address() as AddressInfo).port));
      stream.resume();
      const failed = new Promise<Error & { code?: string }>((resolve) => stream.once("error", resolve));
      await closed(stream);
      expect((await failed).code).to.match(/^WS_ERR_UNEXPECTED_RSV/);
      // A masked close frame, its payload the code alone or with a reason.
      expect((await received)?.[0]).to.equal(0x88);
      http.close();
      await closed(http);
    });
  });

describe("createWebSocketStream", () => {
  /** An open WebSocket that keeps what is sent by it, each with its callback. */
  class FakeWebSocket extends EventEmitter {
    readyState = 1;
    isPaused = false;
    readonly sent: { data: unknown; callback: (error?: Error) => void }[] = [];
    send(data: string | Uint8Array, callback: (error?: Error) => void): void {
      this.sent.push({ data, callback });
    }
    close(): void {
      this.readyState = 2;
    }
    terminate(): void {
      this.readyState = 3;
      this.emit("close");
    }
    pause(): void {}
    resume(): void {
      this.isPaused = false;
    }
  }

  it("sends the next chunk when the one before is written", () => {
    const socket = new FakeWebSocket();
    const stream = createWebSocketStream(socket, { writableHighWaterMark: 1 });
    expect(stream.write("a")).to.equal(false);
    stream.write("b");
    expect(socket.sent.map(({ data }) => String(data))).to.deep.equal(["a"]);
    socket.sent[0]?.callback();
    expect(socket.sent.map(({ data }) => String(data))).to.deep.equal(["a", "b"]);
  });

  it("never joins chunks, nor lets an option take its methods' place", () => {
    const socket = new FakeWebSocket();
    const fail = (): never => expect.fail("called");
    const stream = createWebSocketStream(socket, { writev: fail, write: fail, read: fail, construct: fail });
    stream.cork();
    stream.write("a");
    stream.write("b");
    stream.uncork();
    socket.sent[0]?.callback();
    expect(socket.sent.map(({ data }) => String(data))).to.deep.equal(["a", "b"]);
    stream.resume();
  });

  it("joins the fragments of a message into one chunk", async () => {
    const socket = new FakeWebSocket();
    const stream = createWebSocketStream(socket);
    socket.emit("message", [hex("01"), hex("0203")], true);
    expect(await once(stream, "data")).to.deep.equal([hex("010203")]);
  });

  it("takes an error of the WebSocket after it was destroyed", async () => {
    const socket = new FakeWebSocket();
    const stream = createWebSocketStream(socket);
    const seen = record(stream);
    stream.destroy();
    socket.emit("error", new Error("late"));
    await closed(stream);
    expect(seen).to.deep.equal(["close"]);
  });

  it("leaves it to a WebSocket that failed to close, and resumes it for that", async () => {
    const socket = new FakeWebSocket();
    const stream = createWebSocketStream(socket);
    const seen = record(stream);
    socket.isPaused = true;
    socket.emit("error", new Error("fault"));
    expect([socket.readyState, socket.isPaused]).to.deep.equal([1, false]);
    socket.terminate();
    await closed(stream);
    expect(seen).to.deep.equal(["error: fault", "close"]);
  });

  it("leaves no listener but that for errors when it is done", async () => {
    const socket = new FakeWebSocket();
    const stream = createWebSocketStream(socket);
    stream.destroy();
    await closed(stream);
    expect(socket.eventNames()).to.deep.equal(["error"]);
  });
});
