import { spawn } from "node:child_process";
import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { Socket, type SocketOptions, type TraceEvent, TransportError } from "@towline/engine.io-client";
import { expect } from "chai";
import * as official from "reference-engine.io";

const EVENTS = [
  "handshake",
  "open",
  "upgrading",
  "upgrade",
  "data",
  "message",
  "ping",
  "pong",
  "close",
] as const;

interface Rig {
  readonly engine: official.Server;
  readonly url: string;
}

/** Resolves with the first argument of the next `event`. */
const next = (socket: Socket, event: (typeof EVENTS)[number] | "error" | "drain"): Promise<unknown> =>
  new Promise((resolve) => socket.once(event, (first?: unknown) => resolve(first)));

describe("Socket", () => {
  const servers: (HttpServer | TcpServer)[] = [];
  const sockets: Socket[] = [];

  async function serve(options: official.ServerOptions = {}): Promise<Rig> {
    const http = createServer();
    servers.push(http);
    const engine = official.attach(http, options);
    const { port } = await listen(http);
    return { engine, url: `http://127.0.0.1:${port}` };
  }

  async function listen(server: HttpServer | TcpServer): Promise<AddressInfo> {
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return server.address() as AddressInfo;
  }

  function open(url: string, options: SocketOptions = {}): Socket {
    const socket = new Socket(url, options);
    sockets.push(socket);
    return socket;
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    for (const server of servers.splice(0)) {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("tells its life in the order of the reference", async () => {
    const { url } = await serve({ pingInterval: 50, pingTimeout: 1000 });
    const socket = open(url);
    const told: string[] = [];
    for (const event of EVENTS) socket.on(event, () => told.push(`${event} ${socket.readyState}`));
    expect(socket.id).to.equal(undefined);
    await next(socket, "pong");
    if (!told.includes("upgrade open")) await next(socket, "upgrade");
    socket.close();
    const heartbeat = ["ping open", "pong open"];
    expect(told.filter((line) => !heartbeat.includes(line))).to.deep.equal([
      "handshake open",
      "open open",
      "upgrading open",
      "upgrade open",
      "close closed",
    ]);
    expect(told).to.include.members(heartbeat);
    expect(socket.transport.name).to.equal("websocket");
    expect(socket.id).to.equal(undefined);
  });

  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]])
    it(`keeps the order of what is sent both ways over ${transports.join(", then ")}`, async () => {
      const { engine, url } = await serve();
      engine.on("connection", (peer: official.Socket) => peer.on("message", (data) => peer.send(data)));
      const socket = open(url, { transports });
      const echoed: unknown[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on("message", (data) => echoed.push(data) === 200 && resolve());
      });
      await next(socket, "open");
      const sent = Array.from({ length: 200 }, (_, index) =>
        index % 10 === 0 ? Buffer.from([index]) : `message ${index}`,
      );
      for (const [index, data] of sent.entries()) {
        socket.send(data);
        if (index % 20 === 0) await new Promise(setImmediate);
      }
      await all;
      expect(echoed).to.deep.equal(sent);
    });

  it("gives bytes as binaryType says", async () => {
    const { engine, url } = await serve();
    engine.on("connection", (peer: official.Socket) => peer.send(Buffer.from([1, 2])));
    const socket = open(url, { transports: ["polling"] });
    socket.binaryType = "arraybuffer";
    expect(await next(socket, "message")).to.deep.equal(Uint8Array.of(1, 2).buffer);
  });

  it("tells the close in the server's terms", async () => {
    const { engine, url } = await serve();
    engine.on("connection", (peer: official.Socket) => peer.close());
    expect(await next(open(url, { transports: ["polling"] }), "close")).to.equal("transport close");
    expect(await next(open(url, { transports: ["websocket"] }), "close")).to.equal("transport close");
  });

  it("has an error, with status and answer, then the close when the server refuses", async () => {
    const { url } = await serve();
    const socket = open(url, { transports: ["polling"], protocol: 3 });
    const told: unknown[] = [];
    socket.on("error", (error) => told.push(error));
    socket.on("close", (reason) => told.push(reason));
    await next(socket, "close");
    expect(told).to.have.lengthOf(2);
    expect(told[0]).to.be.instanceOf(TransportError);
    expect(told[0]).to.include({ message: "xhr poll error", type: "TransportError", description: 400 });
    expect(told[0]).to.have.nested.property(
      "context.responseText",
      '{"code":5,"message":"Unsupported protocol version"}',
    );
    expect(told[1]).to.equal("transport error");
  });

  for (const [transport, message] of [
    ["polling", "xhr poll error"],
    ["websocket", "websocket error"],
  ] as const)
    it(`fails with "${message}" when nobody listens`, async () => {
      const server = createTcpServer();
      const { port } = await listen(server);
      await new Promise((resolve) => server.close(resolve));
      const error = (await next(
        open(`http://127.0.0.1:${port}`, { transports: [transport] }),
        "error",
      )) as TransportError;
      expect(error.message).to.equal(message);
      expect((error.cause as NodeJS.ErrnoException).code).to.equal("ECONNREFUSED");
    });

  it("fails when an answer is longer than maxMessageBytes", async () => {
    const { engine, url } = await serve();
    engine.on("connection", (peer: official.Socket) => peer.send("x".repeat(1000)));
    const socket = open(url, { transports: ["polling"], maxMessageBytes: 500 });
    const error = (await next(socket, "error")) as TransportError;
    expect((error.cause as Error).message).to.equal("the answer is longer than 500 bytes");
  });

  it("sends headers, query, path and a stamp that no cache has seen", async () => {
    const http = createServer();
    servers.push(http);
    const { port } = await listen(http);
    const seen = new Promise<{ url: string; token: unknown }>((resolve) => {
      http.on("request", ({ url, headers }, response) => {
        response.end();
        resolve({ url: url ?? "", token: headers["x-token"] });
      });
    });
    open(`http://127.0.0.1:${port}`, {
      path: "/chat",
      query: { room: "a b" },
      extraHeaders: { "x-token": "secret" },
      timestampParam: "stamp",
    });
    const { url, token } = await seen;
    expect(url).to.match(/^\/chat\/\?room=a\+b&EIO=4&transport=polling&stamp=[\w.-]+$/);
    expect(token).to.equal("secret");
  });

  it("begins with WebSocket when it worked the last time, if asked to", async () => {
    const { url } = await serve();
    const first = open(url);
    await next(first, "upgrade");
    expect(Socket.priorWebsocketSuccess).to.equal(true);
    const second = open(url, { rememberUpgrade: true });
    expect(second.transport.name).to.equal("websocket");
    await next(second, "open");
  });

  it("shows handshake, probe and upgrade to the trace option", async () => {
    const { url } = await serve();
    const seen: string[] = [];
    const trace = (event: TraceEvent): void => {
      if (event.kind === "packet" && event.type !== "open")
        seen.push(`${event.direction} ${event.transport} ${event.wire}`);
    };
    await next(open(url, { trace }), "upgrade");
    expect(seen).to.deep.equal([
      "up websocket 2probe",
      "down websocket 3probe",
      "down polling 6",
      "up websocket 5",
    ]);
  });

  it("lets the process end while the session is open, if asked to", async () => {
    const { engine, url } = await serve();
    const opened = new Set<string>();
    engine.on("connection", ({ transport }: official.Socket) => opened.add(transport.name));
    const program = `
      import { Socket } from "@towline/engine.io-client";
      for (const name of ["polling", "websocket"]) new Socket("${url}", { transports: [name], autoUnref: true });
    `;
    const child = spawn(
      process.execPath,
      ["--conditions=towline-source", "--import=tsx", "--input-type=module", "--eval", program],
      { cwd: import.meta.dirname, stdio: "inherit" },
    );
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).to.equal(0);
    expect([...opened].sort()).to.deep.equal(["polling", "websocket"]);
  });

  it("refuses options that make no sense, all of them at once", () => {
    expect(
      () =>
        new Socket("http://localhost", {
          transports: [],
          openTimeout: -1,
          protocol: 5,
        } as unknown as SocketOptions),
    ).to.throw(
      TypeError,
      /^Invalid options: transports must be .*; protocol must be 3, 4 or "auto", got 5; openTimeout/,
    );
    expect(() => new Socket("http://localhost", { transports: ["webtransport"] })).to.throw(
      TypeError,
      "No transport available: none of webtransport can be used here",
    );
  });
});
