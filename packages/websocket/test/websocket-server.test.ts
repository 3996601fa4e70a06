import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { WebSocket } from "../src/websocket.ts";
import { WebSocketServer, type WebSocketServerOptions } from "../src/websocket-server.ts";
import { CLOSE, frame, hex } from "./support/bytes.ts";
import { handshakeRequest, RawClient } from "./support/raw-client.ts";

describe("WebSocketServer", () => {
  const portOf = (server: { address(): AddressInfo | string | null }) =>
    (server.address() as AddressInfo).port;

  async function listen(options: WebSocketServerOptions = {}): Promise<WebSocketServer> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
    await once(server, "listening");
    return server;
  }
  const close = (server: WebSocketServer) => new Promise<void>((resolve) => server.close(resolve));

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

  it("adds the headers that its listeners push", async () => {
    const server = await listen();
    server.on("headers", (headers: string[]) => headers.push("X-More: yes"));
    const client = await RawClient.connect(portOf(server));
    client.send(handshakeRequest());
    expect(await client.readHead()).to.include("\r\nX-More: yes\r\n");
    client.destroy();
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
    expect(() => new WebSocketServer({ noServer: true, path: 1 } as never)).to.throw(TypeError, "path");
  });
});
