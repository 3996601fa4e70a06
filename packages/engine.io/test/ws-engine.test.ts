import { EventEmitter, once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Server, type ServerOptions, type Socket, type Transport } from "@towline/engine.io";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import { RunningServer } from "./support/running-server.ts";

let server: RunningServer;

/** A WebSocket of an engine that has the members that are needed, and no network. */
class FakeWebSocket extends EventEmitter {
  readonly sent: [data: unknown, options: unknown][] = [];
  /** What to call when the network takes what was sent. */
  readonly taken: ((error?: Error) => void)[] = [];
  isTerminated = false;

  send(data: unknown, options: unknown, callback: (error?: Error) => void): void {
    this.sent.push([data, options]);
    this.taken.push(callback);
  }
  close(): void {
    this.emit("close", 1005, Buffer.alloc(0));
  }
  terminate(): void {
    this.isTerminated = true;
    this.emit("close", 1006, Buffer.alloc(0));
  }
}

interface Pending {
  readonly request: IncomingMessage;
  readonly webSocket: FakeWebSocket;
  /** Calls back, as engines do that need time. */
  open(): void;
}

/** An engine that is no emitter, and opens a WebSocket when the test says so. */
class FakeEngine {
  static latest: FakeEngine;
  readonly options: object;
  readonly pending: Pending[] = [];

  constructor(options: object) {
    this.options = options;
    FakeEngine.latest = this;
  }

  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    _head: Buffer,
    onOpen: (webSocket: FakeWebSocket) => void,
  ): void {
    socket.on("end", () => socket.end()).resume();
    const webSocket = new FakeWebSocket();
    this.pending.push({ request, webSocket, open: () => onOpen(webSocket) });
  }
}

/** A handshake that the fake engine has not finished yet. */
async function pending(query = "EIO=4&transport=websocket"): Promise<Pending> {
  const arrived = once(server.http, "upgrade");
  server.openFrames(query);
  await arrived;
  return FakeEngine.latest.pending.at(-1) as Pending;
}

async function opened(): Promise<{ socket: Socket; webSocket: FakeWebSocket }> {
  const { open, webSocket } = await pending();
  let socket: Socket | undefined;
  server.engine.once("connection", (one) => {
    socket = one;
  });
  open();
  return { socket: socket as unknown as Socket, webSocket };
}

describe("wsEngine: the server of ws", () => {
  const start = async (options: ServerOptions = {}) => {
    server = await RunningServer.start({ wsEngine: WebSocketServer, ...options });
  };
  afterEach(() => server.close());

  it("is what the server shows as ws", async () => {
    await start();
    expect(server.engine.ws).to.be.instanceOf(WebSocketServer);
  });

  for (const revision of [3, 4])
    it(`carries text and bytes both ways in revision ${revision}`, async () => {
      await start();
      const { socket, frames } = await server.openWebSocket({}, `EIO=${revision}&transport=websocket`);
      const received: unknown[] = [];
      socket.on("message", (data) => received.push(data));
      const head = revision === 3 ? [4] : [];
      frames.send("4héllo", Buffer.from([...head, 1, 2, 3]), "4end");
      while (received.length < 3) await once(socket, "message");
      expect(received).to.deep.equal(["héllo", Buffer.of(1, 2, 3), "end"]);
      socket
        .send("wörld")
        .send(Uint8Array.of(1, 2, 3))
        .send(Uint8Array.of(9).buffer)
        .send("");
      expect(await frames.next()).to.equal("4wörld");
      expect(await frames.next()).to.deep.equal(Buffer.from([...head, 1, 2, 3]));
      expect(await frames.next()).to.deep.equal(Buffer.from([...head, 9]));
      expect(await frames.next()).to.equal("4");
    });

  it("takes a session that upgrades", async () => {
    await start();
    const { socket, sid } = await server.openPolling();
    const frames = server.openFrames(`EIO=4&transport=websocket&sid=${sid}`);
    await once(frames.webSocket, "open");
    frames.send("2probe");
    expect(await frames.next()).to.equal("3probe");
    const [message] = await Promise.all([
      once(socket, "message"),
      once(socket, "upgrade"),
      frames.send("5", "4up"),
    ]);
    expect(message).to.deep.equal(["up"]);
    expect(socket.transport.name).to.equal("websocket");
  });

  it("answers with the headers of listeners and of middlewares", async () => {
    await start();
    server.engine.use((_request, response, next) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      next();
    });
    server.engine.on("initial_headers", (headers) => Object.assign(headers, { "X-First": "1" }));
    server.engine.on("headers", (headers) => Object.assign(headers, { "X-Every": "2" }));
    const { head } = await server.openRaw();
    expect(head).to.match(/^HTTP\/1\.1 101 /);
    for (const line of ["set-cookie: a=1", "set-cookie: b=2", "X-First: 1", "X-Every: 2"])
      expect(head).to.include(`\r\n${line}\r\n`);
  });

  it("answers a request that is no handshake with 400, and opens nothing", async () => {
    await start();
    const raw = await server.dial();
    raw.send(
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    expect(String(await raw.readToEnd())).to.match(/^HTTP\/1\.1 400 /);
    expect(server.engine.clientsCount).to.equal(0);
  });

  const faults: readonly [title: string, hex: string, reason: string][] = [
    ["a frame that is not masked", "810134", "transport error"],
    ["a message over maxHttpBufferSize", "81fe100000000000", "transport error"],
    ["a packet of no type", "81810000000078", "parse error"],
    ["a close frame", "888000000000", "transport close"],
  ];
  for (const [title, hex, reason] of faults)
    it(`closes with "${reason}" on ${title}`, async () => {
      await start({ maxHttpBufferSize: 1_000 });
      const { socket, raw } = await server.openRaw();
      const closed = once(socket, "close");
      raw.send(Buffer.from(hex, "hex"));
      // A client ends its side when the server has.
      void raw.readToEnd();
      expect((await closed)[0]).to.equal(reason);
    });

  it("closes with transport close when the client just leaves", async () => {
    await start();
    const { socket, raw } = await server.openRaw();
    const closed = once(socket, "close");
    raw.socket.resetAndDestroy();
    expect((await closed)[0]).to.equal("transport close");
  });

  it("is not made when there are no WebSockets to take", () => {
    const { ws } = new Server({ wsEngine: WebSocketServer, transports: ["polling"] });
    expect(ws).to.equal(undefined);
  });
});

describe("wsEngine: another class", () => {
  beforeEach(async () => {
    server = await RunningServer.start({
      wsEngine: FakeEngine,
      maxHttpBufferSize: 1_000,
      maxSendBufferBytes: 500,
      perMessageDeflate: { level: 3 } as object,
    });
  });
  afterEach(() => server.close());

  it("is made with what engine.io gives to it", () => {
    expect(FakeEngine.latest.options).to.deep.equal({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: { threshold: 1024, level: 3 },
      maxPayload: 1_000,
    });
  });

  it("may open its WebSockets later, and need be no emitter", async () => {
    const { open, request, webSocket } = await pending();
    expect(server.engine.clientsCount).to.equal(0);
    const connected = once(server.engine, "connection");
    open();
    const [socket] = await connected;
    expect([socket.request, socket.transport.name]).to.deep.equal([request, "websocket"]);
    expect(webSocket.sent[0]?.[0]).to.match(/^0\{"sid":/);
    expect(webSocket.sent[0]?.[1]).to.deep.equal({ binary: false, compress: true });
  });

  it("opens nothing when the server has been closed meanwhile", async () => {
    const { open, webSocket } = await pending();
    let connections = 0;
    server.engine.on("connection", () => connections++);
    server.engine.close();
    const closed = once(webSocket, "close");
    open();
    await closed;
    expect([connections, server.engine.clientsCount]).to.deep.equal([0, 0]);
  });

  it("does not give one id to two sessions that open at a time", async () => {
    server.engine.generateId = () => "always-the-same-one-";
    const first = await pending();
    const second = await pending();
    const connections: Socket[] = [];
    server.engine.on("connection", (socket) => connections.push(socket));
    first.open();
    const closed = once(second.webSocket, "close");
    second.open();
    await closed;
    expect(connections).to.have.length(1);
    expect([server.engine.clientsCount, connections[0]?.readyState]).to.deep.equal([1, "open"]);
  });

  it("closes the WebSocket of a session that has gone meanwhile", async () => {
    const { socket, sid } = await server.openPolling();
    const { open, webSocket } = await pending(`EIO=4&transport=websocket&sid=${sid}`);
    socket.close(true);
    const closed = once(webSocket, "close");
    open();
    await closed;
    expect(webSocket.sent).to.deep.equal([]);
  });

  it("is told what is bytes, and what is not to be compressed", async () => {
    const { socket, webSocket } = await opened();
    socket.send("a", { compress: false }).send(Buffer.of(1)).send(Buffer.of(2), { compress: false });
    const [text, bytes, plain] = webSocket.sent.slice(1);
    expect([String(text?.[0]), text?.[1]]).to.deep.equal(["4a", { binary: false, compress: false }]);
    expect(bytes).to.deep.equal([Buffer.of(1), { binary: true, compress: true }]);
    expect(plain).to.deep.equal([Buffer.of(2), { binary: true, compress: false }]);
  });

  it("gives text as a string, or as bytes with a word on what they are", async () => {
    const { socket, webSocket } = await opened();
    const received: unknown[] = [];
    socket.on("message", (data) => received.push(data));
    webSocket.emit("message", "4string");
    webSocket.emit("message", Buffer.from("4bytes"), false);
    webSocket.emit("message", Buffer.from("4bytes"), true);
    webSocket.emit("message", Buffer.from("4old"));
    webSocket.emit("message", Uint8Array.of(1, 2).buffer, true);
    expect(received).to.deep.equal([
      "string",
      "bytes",
      Buffer.from("4bytes"),
      Buffer.from("4old"),
      Buffer.of(1, 2),
    ]);
  });

  it("tells what waits by its callbacks when it has no bufferedAmount", async () => {
    const { socket, webSocket } = await opened();
    webSocket.taken.shift()?.();
    const called: string[] = [];
    socket.on("drain", () => called.push("drain"));
    const note = (name: string) => (transport: Transport) => void called.push(`${name} ${transport.name}`);
    socket.send("a".repeat(99), note("a")).send("b".repeat(49), note("b"));
    expect([socket.bufferedAmount, called]).to.deep.equal([150, []]);
    webSocket.taken.shift()?.();
    expect(socket.bufferedAmount).to.equal(50);
    webSocket.taken.shift()?.();
    expect([socket.bufferedAmount, called]).to.deep.equal([0, ["a websocket", "b websocket", "drain"]]);
  });

  it("is cut when too much waits", async () => {
    const { socket, webSocket } = await opened();
    webSocket.taken.shift()?.();
    const closed = once(socket, "close");
    socket.send("a".repeat(300)).send("b".repeat(300));
    expect((await closed)[0]).to.equal("send buffer overflow");
    expect([webSocket.isTerminated, webSocket.sent.length]).to.deep.equal([true, 2]);
  });

  it("ends the session with its errors", async () => {
    const { socket, webSocket } = await opened();
    const closed = once(socket, "close");
    webSocket.emit("error", Object.assign(new Error("bad frame"), { code: "WS_ERR_INVALID_OPCODE" }));
    webSocket.emit("close", 1002, Buffer.from("x"));
    const [reason, description] = await closed;
    expect([reason, description.message]).to.deep.equal(["transport error", "Error: bad frame"]);
    // It is over: whatever else it says is not heard.
    webSocket.emit("message", "4late");
    webSocket.emit("error", new Error("late"));
    for (const taken of webSocket.taken) taken(new Error("not sent"));
    expect(server.engine.clientsCount).to.equal(0);
  });
});
