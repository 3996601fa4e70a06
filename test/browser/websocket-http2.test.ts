/** WebSocket over HTTP/2 (RFC 8441) with a real browser at the other end. */
import { once } from "node:events";
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest } from "node:http2";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "@towline/websocket";
import { expect } from "chai";
import { TLS_CERT, TLS_KEY } from "../../packages/websocket/test/support/tls.ts";
import { Visitor } from "./visitor.ts";

interface Seen {
  readonly protocol: string;
  readonly extensions: string;
  readonly text: string;
  readonly binary: readonly number[];
  readonly large: number;
  readonly close: readonly [code: number, reason: string, wasClean: boolean];
}

describe("WebSocket over HTTP/2 from a browser", function () {
  this.timeout(30_000);
  let http: Http2SecureServer;
  let server: WebSocketServer;
  let visitor: Visitor;
  let url: string;

  beforeEach(async () => {
    http = createSecureServer({ allowHTTP1: true, key: TLS_KEY, cert: TLS_CERT }, (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      // The icon is given here so that no page asks for one.
      response.end('<!doctype html><link rel="icon" href="data:,">');
    });
    server = new WebSocketServer({ server: http, perMessageDeflate: true, path: "/ws" });
    http.listen(0);
    await once(http, "listening");
    url = `localhost:${(http.address() as AddressInfo).port}`;
    visitor = await Visitor.arrive();
    const devTools = await visitor.page.createCDPSession();
    await devTools.send("Security.setIgnoreCertificateErrors", { ignore: true });
    await visitor.page.goto(`https://${url}/`);
  });

  afterEach(async () => {
    await visitor.leave();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise((resolve) => http.close(resolve));
  });

  it("exchanges text and binary both ways, compressed, and closes cleanly, in a stream of the page's connection", async () => {
    const requests: Http2ServerRequest[] = [];
    const sessions = new Set<unknown>();
    http.on("session", (session) => sessions.add(session));
    const closed = new Promise<unknown>((resolve) =>
      server.on("connection", (webSocket, request) => {
        requests.push(request as unknown as Http2ServerRequest);
        webSocket.on("message", (data, isBinary) => webSocket.send(data as Buffer, { binary: isBinary }));
        webSocket.on("close", (code, reason) => resolve([code, String(reason)]));
      }),
    );
    // Runs in the page: it closes over nothing.
    const seen = await visitor.page.evaluate(
      (address) =>
        new Promise<Seen>((resolve, reject) => {
          const socket = new WebSocket(address, ["first", "second"]);
          socket.binaryType = "arraybuffer";
          const large = "tow".repeat(100_000);
          const got: (string | ArrayBuffer)[] = [];
          socket.onerror = () => reject(new Error("the WebSocket failed"));
          socket.onopen = () => {
            socket.send("naïve ☕");
            socket.send(new Uint8Array([0, 127, 128, 255]));
            socket.send(large);
          };
          socket.onmessage = ({ data }) => {
            got.push(data);
            if (got.length === 3) socket.close(3001, "seen enough");
          };
          socket.onclose = ({ code, reason, wasClean }) =>
            resolve({
              protocol: socket.protocol,
              extensions: socket.extensions,
              text: String(got[0]),
              binary: [...new Uint8Array(got[1] as ArrayBuffer)],
              large: got[2] === large ? large.length : -1,
              close: [code, reason, wasClean],
            });
        }),
      `wss://${url}/ws`,
    );
    expect(seen).to.deep.equal({
      protocol: "first",
      extensions: "permessage-deflate",
      text: "naïve ☕",
      binary: [0, 127, 128, 255],
      large: 300_000,
      close: [3001, "seen enough", true],
    });
    expect(await closed).to.deep.equal([3001, "seen enough"]);
    expect(requests.map(({ httpVersion, method, url }) => [httpVersion, method, url])).to.deep.equal([
      ["2.0", "CONNECT", "/ws"],
    ]);
    expect(requests[0]?.headers[":protocol"]).to.equal("websocket");
    expect(sessions.size, "no connection but the page's").to.equal(0);
    expect(visitor.complaints).to.deep.equal([]);
  });

  it("ends cleanly when it is the server that closes", async () => {
    const versions: string[] = [];
    server.on("connection", (webSocket, { httpVersion }) => {
      versions.push(httpVersion);
      webSocket.send("farewell");
      webSocket.close(4000, "done");
    });
    const seen = await visitor.page.evaluate(
      (address) =>
        new Promise<unknown[]>((resolve) => {
          const socket = new WebSocket(address);
          const got: unknown[] = [];
          socket.onmessage = ({ data }) => got.push(data);
          socket.onclose = ({ code, reason, wasClean }) => resolve([...got, code, reason, wasClean]);
        }),
      `wss://${url}/ws`,
    );
    expect(seen).to.deep.equal(["farewell", 4000, "done", true]);
    expect(versions).to.deep.equal(["2.0"]);
  });

  it("tells the page of a refusal", async () => {
    const failed = await visitor.page.evaluate(
      (address) =>
        new Promise<unknown[]>((resolve) => {
          const socket = new WebSocket(address);
          socket.onclose = ({ code, wasClean }) => resolve([code, wasClean]);
        }),
      `wss://${url}/elsewhere`,
    );
    expect(failed).to.deep.equal([1006, false]);
    expect(visitor.complaints.join()).to.include("Unexpected response code: 400");
  });
});
