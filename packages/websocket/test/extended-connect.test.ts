import { once } from "node:events";
import {
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import type { WebSocketServerOptions } from "../src/server-options.ts";
import type { WebSocket } from "../src/websocket.ts";
import { WebSocketServer } from "../src/websocket-server.ts";
import { CLOSE, frame, hex, TEXT } from "./support/bytes.ts";
import { bytesOf, Http2Client, restOf } from "./support/http2-client.ts";
import { handshakeRequest } from "./support/raw-client.ts";
import { TLS_CERT, TLS_KEY } from "./support/tls.ts";
import { nextUncaught } from "./support/uncaught.ts";

describe("WebSocket over HTTP/2", () => {
  let http: Http2Server | Http2SecureServer;
  let server: WebSocketServer;
  let client: Http2Client;
  let connections: WebSocket[];
  const portOf = (): number => (http.address() as AddressInfo).port;

  async function listen(options: WebSocketServerOptions = {}): Promise<void> {
    http = createServer();
    server = new WebSocketServer({ server: http, ...options });
    await start("http");
  }

  async function start(scheme: string): Promise<void> {
    connections = [];
    server.on("connection", (webSocket) => connections.push(webSocket));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    client = await Http2Client.connect(`${scheme}://127.0.0.1:${portOf()}`);
  }

  /** Both ends of a new WebSocket. */
  async function open(headers: Record<string, string | null> = {}) {
    const connected = once(server, "connection");
    const { stream, response } = await client.open(headers);
    const [webSocket, request] = (await connected) as [WebSocket, Http2ServerRequest];
    const closed = new Promise<unknown>((resolve) =>
      webSocket.on("close", (code, reason) => resolve([code, String(reason)])),
    );
    return { stream, response, webSocket, request, closed };
  }

  // What is not closed by then would keep this from ending.
  afterEach(async () => {
    await client.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise((resolve) => http.close(resolve));
  });

  it("tells clients that it takes such streams (RFC 8441 §3)", async () => {
    await listen();
    expect(client.session.remoteSettings.enableConnectProtocol).to.equal(true);
  });

  it("accepts with 200, without what belongs to an upgrade, and tells of the request", async () => {
    await listen();
    const { response, webSocket, request } = await open({ ":path": "/chat?a=b", origin: "http://here" });
    expect(Object.keys(response)).to.have.members([":status", "date"]);
    expect(response[":status"]).to.equal(200);
    expect([request.method, request.url, request.httpVersion, request.headers.origin]).to.deep.equal([
      "CONNECT",
      "/chat?a=b",
      "2.0",
      "http://here",
    ]);
    expect(request.rawHeaders).to.include("/chat?a=b");
    expect(request.socket.remoteAddress).to.equal("127.0.0.1");
    expect([...server.clients]).to.deep.equal([webSocket]);
  });

  it("carries messages both ways, several WebSockets on one connection", async () => {
    await listen();
    const pairs = [await open(), await open()];
    for (const [index, { stream, webSocket }] of pairs.entries()) {
      const message = once(webSocket, "message");
      stream.write(frame(TEXT, `to ${index}`));
      expect(String((await message)[0])).to.equal(`to ${index}`);
      webSocket.send(`from ${index}`);
      expect(await bytesOf(stream, 8)).to.equal(`8106${Buffer.from(`from ${index}`).toString("hex")}`);
    }
  });

  it("reads frames that came with the request", async () => {
    await listen();
    const message = new Promise((resolve) =>
      server.on("connection", (webSocket) => webSocket.on("message", (data) => resolve(String(data)))),
    );
    client.request().write(frame(TEXT, "early"));
    expect(await message).to.equal("early");
  });

  it("agrees on a subprotocol and on compression, and sends further headers", async () => {
    await listen({ perMessageDeflate: true, handleProtocols: (offered) => (offered.has("b") ? "b" : false) });
    let told: string[] = [];
    server.on("headers", (lines) => {
      told = [...lines];
      lines.push("Set-Cookie: a=b", "Set-Cookie: c=d", "X-More:  yes ", "Connection: Upgrade");
    });
    const { response, webSocket } = await open({
      "sec-websocket-protocol": "a, b",
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    });
    expect(told).to.deep.equal([
      ":status: 200",
      "Sec-WebSocket-Protocol: b",
      "Sec-WebSocket-Extensions: permessage-deflate",
    ]);
    expect(response).to.deep.include({
      "sec-websocket-protocol": "b",
      "sec-websocket-extensions": "permessage-deflate",
      "set-cookie": ["a=b", "c=d"],
      "x-more": "yes",
    });
    expect(response).not.to.have.property("connection");
    expect([webSocket.protocol, webSocket.extensions]).to.deep.equal(["b", "permessage-deflate"]);
  });

  const REFUSED: readonly [name: string, headers: Record<string, string | null>, status: number][] = [
    ["another version", { "sec-websocket-version": "7" }, 426],
    ["no version", { "sec-websocket-version": null }, 426],
    ["subprotocols that are none", { "sec-websocket-protocol": "a b" }, 400],
    ["100 KB of blanks as subprotocol", { "sec-websocket-protocol": `a${" ".repeat(50_000)}b` }, 400],
    ["a malformed extension", { "sec-websocket-extensions": "permessage-deflate;;" }, 400],
    ["another path", { ":path": "/other" }, 400],
    ["a client who is not welcome", { origin: "http://there" }, 401],
  ];
  for (const [name, headers, status] of REFUSED)
    it(`refuses ${name} with ${status}, and ends the stream`, async () => {
      await listen({
        perMessageDeflate: true,
        path: "/",
        verifyClient: ({ origin }: { origin: string }) => origin !== "http://there",
      });
      const { stream, response } = await client.open(headers);
      const closed = once(stream, "close");
      expect(response[":status"]).to.equal(status);
      expect(response["sec-websocket-version"]).to.equal(status === 426 ? "13, 8" : undefined);
      expect(await restOf(stream)).not.to.equal("");
      await closed;
      expect(stream.rstCode).to.equal(constants.NGHTTP2_NO_ERROR);
      expect(connections).to.have.length(0);
    });

  it("answers 500 when it cannot be accepted, and lets the error go its way", async () => {
    await listen();
    server.on("headers", (lines) => lines.push("X-A: b\r\nX-C: d"));
    const uncaught = nextUncaught();
    const { stream, response } = await client.open();
    expect(response[":status"]).to.equal(500);
    expect(await uncaught).to.be.instanceOf(TypeError);
    await restOf(stream);
  });

  it("leaves a bad handshake to the listener of wsClientError", async () => {
    await listen();
    server.on("wsClientError", (error, socket) => {
      expect(error.message).to.include("version 13");
      const stream = socket as ServerHttp2Stream;
      stream.respond({ ":status": 418 }, { endStream: true });
    });
    const { stream, response } = await client.open({ "sec-websocket-version": "7" });
    expect(response[":status"]).to.equal(418);
    await restOf(stream);
  });

  it("refuses with 503 once closed", async () => {
    http = createServer({ settings: { enableConnectProtocol: true } });
    server = new WebSocketServer({ noServer: true });
    http.on("stream", (stream, headers) => server.handleStream(stream, headers, () => {}));
    await start("http");
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect((await client.open()).response[":status"]).to.equal(503);
  });

  it("takes the streams that a listener of yours hands on", async () => {
    http = createServer({ settings: { enableConnectProtocol: true } });
    server = new WebSocketServer({ noServer: true });
    http.on("stream", (stream, headers) => {
      if (headers[":path"] !== "/ws") stream.respond({ ":status": 404 }, { endStream: true });
      else
        server.handleStream(stream, headers, (webSocket, request) => {
          webSocket.send(`on ${request.url}`);
          expect(() => server.handleStream(stream, headers, () => {})).to.throw("handled before");
        });
    });
    await start("http");
    const { stream } = await client.open({ ":path": "/ws" });
    expect(await bytesOf(stream, 8)).to.equal(`8106${Buffer.from("on /ws").toString("hex")}`);
    expect((await client.open()).response[":status"]).to.equal(404);
  });

  describe("beside other requests", () => {
    const GET = { ":method": "GET", ":protocol": null };
    const PLAIN_CONNECT = { ":protocol": null, ":path": null, ":scheme": null };
    const OTHER = { ":protocol": "connect-udp" };
    const statusOf = async (headers: Record<string, string | null>): Promise<number | undefined> => {
      const { stream, response } = await client.open(headers);
      stream.close();
      return response[":status"];
    };

    it("leaves them to the listener for requests, and answers other CONNECTs with 405 as Node does", async () => {
      http = createServer((request, response) => response.end(request.url));
      server = new WebSocketServer({ server: http, path: "/" });
      const second = new WebSocketServer({ server: http, path: "/" });
      await start("http");
      expect(await statusOf(GET)).to.equal(200);
      expect(await statusOf(PLAIN_CONNECT)).to.equal(405);
      second.close();
      expect(await statusOf(OTHER)).to.equal(405);
      expect(await statusOf({})).to.equal(200);
      expect(connections).to.have.length(1);
    });

    it("answers other CONNECTs with 405 when there is no listener for requests", async () => {
      await listen();
      expect(await statusOf(PLAIN_CONNECT)).to.equal(405);
      expect(await statusOf({})).to.equal(200);
    });

    it("leaves other CONNECTs to whoever listens for streams", async () => {
      http = createServer();
      server = new WebSocketServer({ server: http });
      http.on("stream", (stream, headers) => {
        if (headers[":protocol"] !== "websocket") stream.respond({ ":status": 299 }, { endStream: true });
      });
      await start("http");
      expect(await statusOf(PLAIN_CONNECT)).to.equal(299);
      expect(await statusOf({})).to.equal(200);
    });

    it("leaves other CONNECTs to whoever listens for them", async () => {
      http = createServer((_request, response) => response.end());
      server = new WebSocketServer({ server: http });
      http.on("connect", (request: { headers: IncomingHttpHeaders }, response: Http2ServerResponse) => {
        if (request.headers[":protocol"] !== "websocket") response.writeHead(299).end();
      });
      await start("http");
      expect(await statusOf(PLAIN_CONNECT)).to.equal(299);
      expect(await statusOf({})).to.equal(200);
    });

    it("takes no stream any more once closed, and leaves its server alone", async () => {
      http = createServer((_request, response) => response.end());
      server = new WebSocketServer({ server: http });
      await start("http");
      await new Promise<void>((resolve) => server.close(() => resolve()));
      expect(["stream", "connect", "upgrade"].map((name) => http.listenerCount(name))).to.deep.equal([
        1, 0, 0,
      ]);
      expect(await statusOf({})).to.equal(405);
      expect(await statusOf(GET)).to.equal(200);
    });
  });

  it("takes upgrades of HTTP/1.1 on the same port", async () => {
    http = createSecureServer({ key: TLS_KEY, cert: TLS_CERT, allowHTTP1: true });
    const secures: boolean[] = [];
    server = new WebSocketServer({
      server: http,
      verifyClient: ({ secure }: { secure: boolean }) => secures.push(secure) > 0,
    });
    await start("https");
    const versions: string[] = [];
    server.on("connection", (webSocket, request) => {
      versions.push(request.httpVersion);
      webSocket.send("hi");
    });
    const { stream } = await client.open();
    expect(await bytesOf(stream, 4)).to.equal("81026869");

    const socket = connectTls({ port: portOf(), rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    socket.write(handshakeRequest());
    let received = "";
    for await (const chunk of socket) {
      received += (chunk as Buffer).toString("latin1");
      if (received.endsWith("\x81\x02hi")) break;
    }
    expect(received).to.match(/^HTTP\/1.1 101 /);
    // RFC 9110 §9.3.6: a CONNECT that nobody takes.
    const tunnel = connectTls({ port: portOf(), rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    tunnel.write("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    await once(tunnel.resume(), "end");
    expect(versions).to.deep.equal(["2.0", "1.1"]);
    expect(secures).to.deep.equal([true, true]);
  });

  describe("closing", () => {
    const CLOSE_1000 = "880203e8";

    // Chromium leaves its side open, so that what ends TCP would never end a stream.
    it("closes the stream after a closing handshake, though the client does not end its side", async () => {
      await listen();
      const { stream, closed } = await open();
      stream.write(frame(CLOSE, hex("03e8")));
      const streamClosed = once(stream, "close");
      expect(await restOf(stream)).to.equal(CLOSE_1000);
      await streamClosed;
      expect(stream.rstCode).to.equal(constants.NGHTTP2_NO_ERROR);
      expect(await closed).to.deep.equal([1000, ""]);
    });

    it("ends the stream after a closing handshake that it starts itself", async () => {
      await listen();
      const { stream, webSocket, closed } = await open();
      webSocket.send("bye");
      webSocket.close(1000);
      expect(await bytesOf(stream, 9)).to.equal(`8103627965${CLOSE_1000}`);
      stream.write(frame(CLOSE, hex("03e8")));
      expect(await restOf(stream)).to.equal("");
      expect(await closed).to.deep.equal([1000, ""]);
    });

    it("takes the end of the stream for that of TCP (RFC 8441 §5)", async () => {
      await listen();
      const { stream, closed } = await open();
      stream.end();
      expect(await restOf(stream)).to.equal("");
      expect(await closed).to.deep.equal([1006, ""]);
    });

    it("takes a reset for that of TCP", async () => {
      await listen();
      const { stream, closed } = await open();
      stream.close(constants.NGHTTP2_CANCEL);
      expect(await closed).to.deep.equal([1006, ""]);
    });

    it("closes when the session is destroyed, each WebSocket once", async () => {
      await listen();
      const pairs = [await open(), await open()];
      client.session.destroy();
      for (const { closed } of pairs) expect(await closed).to.deep.equal([1006, ""]);
    });

    it("goes on after GOAWAY with what is there", async () => {
      await listen();
      const { stream, webSocket } = await open();
      client.session.goaway();
      const message = once(webSocket, "message");
      stream.write(frame(TEXT, "still"));
      expect(String((await message)[0])).to.equal("still");
    });

    it("cuts a stream on terminate, and leaves the others alone", async () => {
      await listen();
      const [first, second] = [await open(), await open()];
      const reset = once(first.stream.resume(), "close");
      first.webSocket.terminate();
      await reset;
      // RFC 8441 §5: CANCEL is what a TCP reset is there.
      expect(first.stream.rstCode).to.equal(constants.NGHTTP2_CANCEL);
      expect(await first.closed).to.deep.equal([1006, ""]);
      second.webSocket.send("alive");
      expect(await bytesOf(second.stream, 7)).to.equal("8105616c697665");
    });

    it("fails a stream whose frames break the protocol with 1002", async () => {
      await listen();
      const { stream, closed } = await open();
      stream.write(hex("c180 00000000"));
      expect(await restOf(stream)).to.match(/^88..03ea/);
      expect(await closed).to.deep.equal([1006, ""]);
    });

    it("survives clients that reset while they are accepted or refused", async () => {
      await listen();
      for (const headers of [{}, { "sec-websocket-version": "7" }])
        for (let index = 0; index < 20; index++) {
          const stream = client.request(headers);
          if (index % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
          stream.close(constants.NGHTTP2_CANCEL);
        }
      const { stream, webSocket } = await open();
      webSocket.send("alive");
      expect(await bytesOf(stream, 7)).to.equal("8105616c697665");
    });
  });

  it("lets flow control hold back a sender, counts what waits and cuts at the limit", async () => {
    await listen({ maxBufferedAmount: 1_000_000 });
    const { stream, webSocket, closed } = await open();
    const errors: unknown[] = [];
    webSocket.on("error", (error) => errors.push(error));
    const message = Buffer.alloc(200_000);
    for (let count = 0; count < 4; count++) {
      webSocket.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(webSocket.bufferedAmount).to.be.within(600_000, 800_100);
    const drained = once(webSocket, "drain");
    stream.resume();
    await drained;
    expect(webSocket.bufferedAmount).to.equal(0);
    stream.pause();
    while (webSocket.readyState === webSocket.OPEN) {
      webSocket.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await closed).to.deep.equal([1006, ""]);
    expect(errors).to.have.nested.property("[0].code", "WS_ERR_SEND_BUFFER_FULL");
  });
});
