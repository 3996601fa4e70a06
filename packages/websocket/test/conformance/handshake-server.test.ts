import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { type WebSocket, WebSocketServer, type WebSocketServerOptions } from "../../src/index.ts";
import { frame, TEXT } from "../support/bytes.ts";
import { handshakeRequest } from "../support/raw-client.ts";
import { TLS_CERT, TLS_KEY } from "../support/tls.ts";
import { WirePeer } from "./support/wire-peer.ts";

const ACCEPTED =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

describe("conformance of the server: opening handshake", () => {
  let server: WebSocketServer | undefined;
  let connections: WebSocket[] = [];

  async function listen(options: Partial<WebSocketServerOptions> = {}): Promise<number> {
    server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
    server.on("connection", (webSocket) => connections.push(webSocket));
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  /** The head of the answer to `request`, the rest not read. */
  async function answerTo(port: number, request: string | Buffer): Promise<string> {
    const socket = connect({ port, host: "127.0.0.1" });
    const peer = new WirePeer(socket, true);
    socket.write(request);
    const head = await peer.head();
    socket.destroy();
    await once(socket, "close");
    return head;
  }

  afterEach(async () => {
    for (const webSocket of connections) webSocket.terminate();
    connections = [];
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    server = undefined;
  });

  it("answers a valid request with 101, Upgrade, Connection and the accept key of RFC 6455", async () => {
    expect(await answerTo(await listen(), handshakeRequest())).to.equal(ACCEPTED);
  });

  const TAKEN: readonly [name: string, request: string][] = [
    [
      "header names and the words in them in any case",
      handshakeRequest()
        .replace("Upgrade: websocket", "uPGRADE: WebSocket")
        .replace("Connection: Upgrade", "CONNECTION: upgrade"),
    ],
    [
      "headers in another order",
      `${handshakeRequest().split("\r\n")[0]}\r\n${handshakeRequest().split("\r\n").slice(1, -2).reverse().join("\r\n")}\r\n\r\n`,
    ],
    ["a list in Connection", handshakeRequest({ Connection: "keep-alive, Upgrade" })],
    [
      "headers it does not know",
      handshakeRequest({ "X-Unknown": "1", Cookie: "a=b", Authorization: "Basic YTpi" }),
    ],
    ["an absolute URI", handshakeRequest().replace("GET / ", "GET http://localhost/chat ")],
    [
      "an extension it does not know",
      handshakeRequest({ "Sec-WebSocket-Extensions": "x-unknown; a=1, __proto__" }),
    ],
    ["a request without Origin", handshakeRequest({ Origin: null })],
    ["a request with Origin", handshakeRequest({ Origin: "http://example.com" })],
  ];
  for (const [name, request] of TAKEN)
    it(`takes ${name}`, async () => {
      expect(await answerTo(await listen(), request)).to.equal(ACCEPTED);
    });

  const KEY_NAME = "Sec-WebSocket-Key";
  const REFUSED: readonly [name: string, request: string, status: RegExp][] = [
    ["another method", handshakeRequest({}, "POST"), /^HTTP\/1.1 405 /],
    ["HTTP/1.0", handshakeRequest().replace("HTTP/1.1", "HTTP/1.0"), /^HTTP\/1.1 4\d\d /],
    ["no Host", handshakeRequest({ Host: null }), /^HTTP\/1.1 400 /],
    ["no Upgrade", handshakeRequest({ Upgrade: null }), /^HTTP\/1.1 4\d\d /],
    ["another Upgrade", handshakeRequest({ Upgrade: "h2c" }), /^HTTP\/1.1 400 /],
    ["no Connection", handshakeRequest({ Connection: null }), /^HTTP\/1.1 4\d\d /],
    ["a Connection without Upgrade", handshakeRequest({ Connection: "keep-alive" }), /^HTTP\/1.1 4\d\d /],
    ["no key", handshakeRequest({ [KEY_NAME]: null }), /^HTTP\/1.1 400 /],
    ["an empty key", handshakeRequest({ [KEY_NAME]: "" }), /^HTTP\/1.1 400 /],
    ["a key of 15 bytes", handshakeRequest({ [KEY_NAME]: "AAECAwQFBgcICQoLDA0O" }), /^HTTP\/1.1 400 /],
    ["a key of 17 bytes", handshakeRequest({ [KEY_NAME]: "AAECAwQFBgcICQoLDA0ODxA=" }), /^HTTP\/1.1 400 /],
    [
      "a key that is no base64",
      handshakeRequest({ [KEY_NAME]: "dGhlIHNhbXBsZSBub25j*Q==" }),
      /^HTTP\/1.1 400 /,
    ],
    [
      "a key given twice",
      `${handshakeRequest().slice(0, -2)}${KEY_NAME}: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
      /^HTTP\/1.1 400 /,
    ],
    ["no version", handshakeRequest({ "Sec-WebSocket-Version": null }), /^HTTP\/1.1 4\d\d /],
    ["version 013", handshakeRequest({ "Sec-WebSocket-Version": "013" }), /^HTTP\/1.1 426 /],
    [
      "a subprotocol that is no token",
      handshakeRequest({ "Sec-WebSocket-Protocol": "a b" }),
      /^HTTP\/1.1 400 /,
    ],
    ["an empty subprotocol", handshakeRequest({ "Sec-WebSocket-Protocol": "" }), /^HTTP\/1.1 400 /],
    ["a subprotocol twice", handshakeRequest({ "Sec-WebSocket-Protocol": "a, b, a" }), /^HTTP\/1.1 400 /],
  ];
  for (const [name, request, status] of REFUSED)
    it(`refuses ${name}, and accepts nothing`, async () => {
      expect(await answerTo(await listen(), request)).to.match(status);
      expect(connections).to.have.length(0);
    });

  for (const version of ["0", "7", "9", "12", "14", "25", "255", "13, 8"])
    it(`refuses version ${version} with 426 and tells the version it speaks`, async () => {
      const answer = await answerTo(await listen(), handshakeRequest({ "Sec-WebSocket-Version": version }));
      expect(answer).to.match(/^HTTP\/1.1 426 /);
      expect(answer).to.include("\r\nSec-WebSocket-Version: 13, 8\r\n");
      expect(connections).to.have.length(0);
    });

  it("refuses a path that is not served with an HTTP error", async () => {
    const port = await listen({ path: "/chat" });
    expect(await answerTo(port, handshakeRequest())).to.match(/^HTTP\/1.1 4\d\d /);
    expect(await answerTo(port, handshakeRequest().replace("GET / ", "GET /chat?a=b "))).to.equal(ACCEPTED);
  });

  it("refuses a connection that the application does not want with an HTTP error", async () => {
    const port = await listen();
    if (server !== undefined) server.shouldHandle = ({ headers }) => headers.origin === "http://here";
    expect(await answerTo(port, handshakeRequest({ Origin: "http://elsewhere" }))).to.match(
      /^HTTP\/1.1 4\d\d /,
    );
    expect(await answerTo(port, handshakeRequest({ Origin: "http://here" }))).to.equal(ACCEPTED);
  });

  it("chooses among the subprotocols that were offered", async () => {
    const offer = handshakeRequest({ "Sec-WebSocket-Protocol": "chat,\t superchat " });
    expect(await answerTo(await listen(), offer)).to.include("\r\nSec-WebSocket-Protocol: chat\r\n");
  });

  it("sends no subprotocol when none was offered, or it agrees to none", async () => {
    const port = await listen({ handleProtocols: () => false });
    expect(await answerTo(port, handshakeRequest())).not.to.include("Sec-WebSocket-Protocol");
    expect(await answerTo(port, handshakeRequest({ "Sec-WebSocket-Protocol": "a" }))).to.equal(ACCEPTED);
  });

  it("reads frames that came in the segment of the request, and only after its answer sends any", async () => {
    const port = await listen();
    const socket = connect({ port, host: "127.0.0.1" });
    const peer = new WirePeer(socket, true);
    server?.on("connection", (webSocket) => {
      webSocket.send("first");
      webSocket.on("message", (data) => webSocket.send(data as Buffer, { binary: false }));
    });
    socket.write(Buffer.concat([Buffer.from(handshakeRequest()), frame(TEXT, "second")]));
    expect(await peer.head()).to.equal(ACCEPTED);
    const payloads = (await peer.frames(2)).map(({ payload }) => payload.toString());
    expect(payloads).to.deep.equal(["first", "second"]);
    socket.destroy();
    await once(socket, "close");
  });

  it("over TLS speaks through the tunnel alone, and takes no handshake in the clear", async () => {
    const https = createTlsServer({ key: TLS_KEY, cert: TLS_CERT });
    const tlsServer = new WebSocketServer({ server: https });
    const accepted = once(tlsServer, "connection");
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    const { port } = https.address() as AddressInfo;
    const clear = connect({ port, host: "127.0.0.1" });
    const inTheClear = new WirePeer(clear, true);
    clear.write(handshakeRequest());
    await inTheClear.ended();
    expect(await inTheClear.head()).not.to.include("101");

    const socket = connectTls({ port, host: "127.0.0.1", servername: "localhost", ca: TLS_CERT });
    const peer = new WirePeer(socket, true);
    socket.write(handshakeRequest());
    expect(await peer.head()).to.equal(ACCEPTED);
    const [webSocket] = (await accepted) as [WebSocket];
    webSocket.send("secret");
    expect((await peer.frame())?.payload.toString()).to.equal("secret");
    webSocket.terminate();
    await once(webSocket, "close");
    tlsServer.close();
    await new Promise((resolve) => https.close(resolve));
  });
});
