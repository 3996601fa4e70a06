import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { WebSocketServerOptions } from "../src/server-options.ts";
import { WebSocket } from "../src/websocket.ts";
import { WebSocketServer } from "../src/websocket-server.ts";
import { CLOSE, frame, hex, TEXT } from "./support/bytes.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";
import { handshakeRequest, KEY, RawClient } from "./support/raw-client.ts";
import { nextUncaught } from "./support/uncaught.ts";

const HEADERS = {
  host: "localhost",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": KEY,
  "sec-websocket-version": "13",
};

describe("WebSocketServer", () => {
  const portOf = (server: { address(): AddressInfo | string | null }) =>
    (server.address() as AddressInfo).port;

  async function listen(options: WebSocketServerOptions = {}): Promise<WebSocketServer> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
    await once(server, "listening");
    return server;
  }
  const close = (server: WebSocketServer) => new Promise<void>((resolve) => server.close(() => resolve()));

  it("tells of connections, keeps them in clients while open, and closes when they are gone", async () => {
    const server = await listen();
    const connected = once(server, "connection");
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}/path`);
    const [peer, request] = await connected;
    expect(peer).to.be.instanceOf(WebSocket);
    expect(request.url).to.equal("/path");
    expect([...(server.clients ?? [])]).to.deep.equal([peer]);
    let isClosed = false;
    const closed = close(server).then(() => {
      isClosed = true;
    });
    await once(client, "open");
    expect(isClosed).to.equal(false);
    client.close();
    await closed;
    expect(server.clients?.size).to.equal(0);
    await close(server);
  });

  it("shares an HTTP server, and leaves it running", async () => {
    const http = createServer((_request, response) => response.end("plain")).listen(0, "127.0.0.1");
    await once(http, "listening");
    const server = new WebSocketServer({ server: http, path: "/ws" });
    expect(server.address()).to.deep.equal(http.address());
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}/ws?x=y`);
    await once(client, "open");
    expect(await (await fetch(`http://127.0.0.1:${portOf(server)}/`)).text()).to.equal("plain");
    client.close();
    await once(client, "close");
    await close(server);
    expect(http.listening).to.equal(true);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  it("serves several paths on one HTTP server through noServer", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const servers = new Map(["/a", "/b"].map((path) => [path, new WebSocketServer({ noServer: true })]));
    http.on("upgrade", (request, socket, head) =>
      servers
        .get(request.url ?? "")
        ?.handleUpgrade(request, socket, head, (peer) => peer.send(`on ${request.url}`)),
    );
    for (const path of servers.keys()) {
      const client = new WebSocket(`ws://127.0.0.1:${portOf(http)}${path}`);
      expect(String((await once(client, "message"))[0])).to.equal(`on ${path}`);
      client.close();
      await once(client, "close");
    }
    expect(() => servers.get("/a")?.address()).to.throw("no address");
    await new Promise((resolve) => http.close(resolve));
  });

  async function answer(server: WebSocketServer, request: string): Promise<string> {
    const client = await RawClient.connect(portOf(server));
    client.send(request);
    return (await client.readToEnd()).toString("latin1");
  }

  it("refuses another path and a bad handshake, and tells a plain request what it speaks", async () => {
    const server = await listen({ path: "/ws" });
    expect(await answer(server, handshakeRequest())).to.match(/^HTTP\/1.1 400 /);
    const upgrade = handshakeRequest({ "Sec-WebSocket-Version": "7" }).replace("GET / ", "GET /ws ");
    expect(await answer(server, upgrade)).to.match(/^HTTP\/1.1 426 .*Sec-WebSocket-Version: 13/s);
    const plain = await fetch(`http://127.0.0.1:${portOf(server)}/ws`);
    expect([plain.status, plain.headers.get("upgrade")]).to.deep.equal([426, "websocket"]);
    await close(server);
  });

  it("lets a function choose the subprotocol, or none", async () => {
    const server = await listen({ handleProtocols: (offered) => (offered.has("b") ? "b" : false) });
    const chosen = async (protocols: string) => {
      const client = await RawClient.connect(portOf(server));
      client.send(handshakeRequest({ "Sec-WebSocket-Protocol": protocols }));
      const head = await client.readHead();
      client.destroy();
      return /Sec-WebSocket-Protocol: (.*)\r\n/.exec(head)?.[1];
    };
    expect(await chosen("a, b")).to.equal("b");
    expect(await chosen("a")).to.equal(undefined);
    await close(server);
  });

  it("lets listeners see and change the header lines of the answer", async () => {
    const server = await listen();
    server.on("headers", (lines, request) => {
      expect(lines).to.deep.equal([
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "Sec-WebSocket-Protocol: a",
      ]);
      lines[4] = `Sec-WebSocket-Protocol: ${request.headers["sec-websocket-protocol"]?.slice(-1)}`;
      lines.push("X-More: yes");
    });
    const client = await RawClient.connect(portOf(server));
    client.send(handshakeRequest({ "Sec-WebSocket-Protocol": "a, b" }));
    expect(await client.readHead()).to.match(/=\r\nSec-WebSocket-Protocol: b\r\nX-More: yes\r\n\r\n$/);
    client.destroy();
    await close(server);
  });

  const FAILING: readonly [name: string, prepare: (server: WebSocketServer) => void, error: RegExp][] = [
    [
      "a header line that would break out",
      (server) => server.on("headers", (lines) => lines.push("X-A: b\r\nX-C: d")),
      /Not a valid header line/,
    ],
    [
      "a subprotocol that was not offered",
      (server) => {
        server.options.handleProtocols = () => "other";
      },
      /handleProtocols must choose among what was offered, got "other"/,
    ],
    [
      "a shouldHandle that throws",
      (server) => {
        server.shouldHandle = () => {
          throw new Error("the application's");
        };
      },
      /the application's/,
    ],
  ];
  for (const [name, prepare, error] of FAILING)
    it(`answers 500 for ${name}, and lets the error go its way`, async () => {
      const server = await listen();
      prepare(server);
      const uncaught = nextUncaught();
      const refused = await answer(server, handshakeRequest({ "Sec-WebSocket-Protocol": "a" }));
      expect(refused).to.match(/^HTTP\/1.1 500 /);
      expect(String(await uncaught)).to.match(error);
      expect(server.clients.size).to.equal(0);
      await close(server);
    });

  it("waits for a shouldHandle that promises", async () => {
    const server = await listen();
    server.shouldHandle = async ({ url }) => url === "/ws";
    expect(await answer(server, handshakeRequest())).to.match(/^HTTP\/1.1 400 /);
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}/ws`);
    await once(client, "open");
    client.close();
    await close(server);
  });

  it("makes connections of the class it is given, and tells their types", async () => {
    class Named extends WebSocket {
      readonly called = "Ada";
    }
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", WebSocket: Named });
    await once(server, "listening");
    const called = new Promise<string>((resolve) =>
      server.on("connection", (named) => {
        resolve(named.called);
        named.close();
      }),
    );
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}`);
    expect(await called).to.equal("Ada");
    await once(client, "close");
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it("gives frames that came with the request after connection, the invalid one as well", async () => {
    const server = await listen();
    const heard: string[] = [];
    const closed = new Promise<void>((resolve) =>
      server.on("connection", (webSocket) => {
        heard.push("connection");
        webSocket.on("message", (data) => heard.push(String(data)));
        webSocket.on("error", ({ message }) => heard.push(message));
        webSocket.on("close", () => resolve());
      }),
    );
    const frames = Buffer.concat([frame(TEXT, "early"), hex("83 80 00000000")]);
    const client = await RawClient.upgrade(portOf(server), frames);
    await client.readToEnd();
    await closed;
    expect(heard).to.deep.equal([
      "connection",
      "early",
      "Invalid WebSocket frame: opcode is reserved, or does not fit here",
    ]);
    await close(server);
  });

  it("accepts a peer that has ended its side, and closes with 1006", async () => {
    const server = await listen();
    const code = new Promise((resolve) =>
      server.on("connection", (webSocket) => webSocket.on("close", resolve)),
    );
    const client = await RawClient.connect(portOf(server));
    client.socket.end(handshakeRequest());
    expect((await client.readToEnd()).toString()).to.match(/^HTTP\/1.1 101 /);
    expect(await code).to.equal(1006);
    await close(server);
  });

  it("leaves a bad handshake to the listener of wsClientError, and survives a reset meanwhile", async () => {
    const server = await listen();
    const heard = once(server, "wsClientError");
    const client = await RawClient.connect(portOf(server));
    client.send(handshakeRequest({ "Sec-WebSocket-Key": "x" }));
    const [error, socket, request] = await heard;
    expect([error.message, request.headers["sec-websocket-key"]]).to.deep.equal([
      'The "Sec-WebSocket-Key" header must be 16 bytes in base64',
      "x",
    ]);
    const reset = new Promise((resolve) => socket.once("close", resolve));
    client.socket.resetAndDestroy();
    await reset;
    server.on("wsClientError", (_error, other) => other.end("my answer"));
    expect(await answer(server, handshakeRequest({ "Sec-WebSocket-Version": "7" }))).to.equal("my answer");
    await close(server);
  });

  it("throws rather than accept a socket twice, by whichever server", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const servers = [new WebSocketServer({ server: http }), new WebSocketServer({ noServer: true })];
    const thrown = new Promise<Error>((resolve) =>
      http.on("upgrade", (request, socket, head) => {
        try {
          servers[1]?.handleUpgrade(request, socket, head, () => {});
        } catch (error) {
          resolve(error as Error);
        }
      }),
    );
    const client = new WebSocket(`ws://127.0.0.1:${portOf(http)}`);
    await once(client, "open");
    expect((await thrown).message).to.include("handled before");
    client.close();
    await once(client, "close");
    for (const server of servers) await close(server);
    await new Promise((resolve) => http.close(resolve));
  });

  it("refuses a socket once, though two servers that do not want it share the HTTP server", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const servers = ["/a", "/b"].map((path) => new WebSocketServer({ server: http, path }));
    const client = await RawClient.connect(portOf(http));
    client.send(handshakeRequest());
    expect((await client.readToEnd()).toString()).to.match(/^HTTP\/1.1 400 (?:(?!HTTP).)*path$/s);
    for (const server of servers) await close(server);
    await new Promise((resolve) => http.close(resolve));
  });

  it("does not cut off the answer of another server, nor accept what that one has refused", async () => {
    const refused = { method: "POST", headers: {} } as IncomingMessage;
    const valid = { method: "GET", httpVersion: "1.1", headers: HEADERS } as IncomingMessage;
    const socket = new FakeSocket();
    socket.stall();
    const server = new WebSocketServer({ noServer: true });
    for (const request of [refused, refused, valid])
      server.handleUpgrade(request, socket, Buffer.alloc(0), () => expect.fail("accepted"));
    await nextTurn();
    expect(Buffer.concat(socket.writes).toString()).to.match(/^HTTP\/1.1 405 (?:(?!HTTP).)*GET request$/s);
    socket.resumeWriting();
    socket.push(null);
    await once(socket, "close");
    await close(server);
  });

  it("accepts nobody who is gone", async () => {
    const socket = new FakeSocket();
    socket.destroy();
    const server = new WebSocketServer({ noServer: true });
    const request = { method: "GET", httpVersion: "1.1", url: "/", headers: HEADERS } as IncomingMessage;
    server.handleUpgrade(request, socket, Buffer.alloc(0), () => expect.fail("accepted"));
    await close(server);
  });

  it("tells the callback of close when it was closed before", async () => {
    const server = new WebSocketServer({ noServer: true });
    let events = 0;
    server.on("close", () => events++);
    const results = await Promise.all(
      [1, 2].map(() => new Promise<unknown>((resolve) => server.close((error) => resolve(error)))),
    );
    expect(results).to.deep.equal([undefined, undefined]);
    const error = await new Promise<Error | undefined>((resolve) => server.close(resolve));
    expect(error?.message).to.equal("The server is not running");
    expect(events).to.equal(1);
  });

  it("does without clients when it is told not to track them, and waits for none", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const server = new WebSocketServer({ server: http, clientTracking: false });
    expect(server.clients).to.equal(undefined);
    const connected = once(server, "connection");
    const client = new WebSocket(`ws://127.0.0.1:${portOf(http)}`);
    const [peer] = (await connected) as [WebSocket];
    await close(server);
    expect(peer.readyState).to.equal(WebSocket.OPEN);
    expect(["listening", "error", "upgrade"].map((name) => http.listenerCount(name))).to.deep.equal([
      1, 0, 0,
    ]);
    client.close();
    await once(peer, "close");
    await new Promise((resolve) => http.close(resolve));
  });

  it("shows its options, filled in, and takes null for none", async () => {
    const server = new WebSocketServer({
      ...({ server: null, port: null, path: null, verifyClient: null } as object),
      noServer: true,
    });
    expect(server.options).to.include({
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      maxPayload: 104_857_600,
      maxBufferedChunks: 262_144,
      maxPendingAutoPongs: 60,
      autoPong: true,
      allowSynchronousEvents: true,
      skipUTF8Validation: false,
      closeTimeout: 30_000,
    });
    expect(server.shouldHandle({ url: "/any" } as never)).to.equal(true);
    server.options.path = "/ws";
    expect(server.shouldHandle({ url: "/any" } as never)).to.equal(false);
    expect(server.path).to.equal("/ws");
    await close(server);
  });

  it("closes a peer that breaks the protocol, without an error listener, and serves on", async () => {
    const server = await listen({ maxPayload: 10 });
    const client = await RawClient.upgrade(portOf(server), frame(0x82, Buffer.alloc(11)));
    const sent = await client.readToEnd();
    expect([sent.readUInt8(0), sent.readUInt16BE(2)]).to.deep.equal([CLOSE, 1009]);
    const next = await RawClient.upgrade(portOf(server), frame(CLOSE, hex("03e8")));
    expect((await next.readToEnd()).toString("hex")).to.equal("880203e8");
    await close(server);
  });

  it("refuses an upgrade with 503 once closed", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const server = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => server.handleUpgrade(request, socket, head, () => {}));
    await close(server);
    const client = await RawClient.connect(portOf(http));
    client.send(handshakeRequest());
    expect((await client.readToEnd()).toString()).to.match(/^HTTP\/1.1 503 /);
    await new Promise((resolve) => http.close(resolve));
  });

  it("reports a port that is taken as an error event", async () => {
    const first = await listen();
    const second = new WebSocketServer({ port: portOf(first), host: "127.0.0.1" });
    expect((await once(second, "error"))[0]).to.include({ code: "EADDRINUSE" });
    await close(first);
  });

  it("takes exactly one of port, server and noServer, and checks every option", () => {
    expect(() => new WebSocketServer({})).to.throw(TypeError, "exactly one");
    expect(() => new WebSocketServer({ port: 0, noServer: true })).to.throw(TypeError, "exactly one");
    expect(() => new WebSocketServer({ noServer: true, maxPayload: -1 })).to.throw(TypeError, "maxPayload");
    const wrong = {
      noServer: true,
      path: 1,
      backlog: -1,
      verifyClient: true,
      WebSocket: {},
      closeTimeout: 0,
      perMessageDeflate: { serverMaxWindowBits: 7, threshold: -1 },
    };
    expect(() => new WebSocketServer(wrong as never)).to.throw(
      TypeError,
      /closeTimeout .*backlog .*path .*verifyClient .*perMessageDeflate .*serverMaxWindowBits .*threshold .*WebSocket /,
    );
  });
});
