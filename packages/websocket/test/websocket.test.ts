import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createConnection, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { expect } from "chai";
import { acceptKey } from "../src/handshake.ts";
import { WebSocket } from "../src/websocket.ts";
import type { CloseEvent, ErrorEvent, MessageEvent } from "../src/websocket-events.ts";
import { WebSocketServer } from "../src/websocket-server.ts";
import { frame, hex, TEXT } from "./support/bytes.ts";
import { closeOf } from "./support/close-of.ts";
import { nextTurn } from "./support/fake-socket.ts";
import { runningTimers } from "./support/timers.ts";

/** Ends the server's side of an upgraded socket when the client leaves. */
function leaveWith(socket: Duplex): void {
  socket.on("error", () => {});
  socket.on("end", () => socket.end()).resume();
}

describe("WebSocket", () => {
  describe("with an echoing server", () => {
    let server: WebSocketServer;
    let url: string;
    beforeEach(async () => {
      server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      server.on("connection", (peer: WebSocket) =>
        peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary })),
      );
      await once(server, "listening");
      url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    afterEach(async () => {
      for (const peer of server.clients ?? []) peer.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });

    it("goes through its ready states", async () => {
      const client = new WebSocket(url);
      expect([client.readyState, client.url, client.protocol, client.bufferedAmount]).to.deep.equal([
        0,
        url,
        "",
        0,
      ]);
      await once(client, "open");
      expect(client.readyState).to.equal(WebSocket.OPEN);
      client.close(1000);
      expect(client.readyState).to.equal(WebSocket.CLOSING);
      await once(client, "close");
      expect(client.readyState).to.equal(WebSocket.CLOSED);
    });

    it("gives WHATWG handlers strings for text, and binary as binaryType says", async () => {
      const client = new WebSocket(url);
      const events: MessageEvent[] = [];
      const next = () =>
        new Promise<void>((resolve) => client.addEventListener("message", () => resolve(), { once: true }));
      client.onmessage = (event) => events.push(event);
      await new Promise((resolve) => {
        client.onopen = resolve;
      });
      for (const [binaryType, data] of [
        ["nodebuffer", "text €"],
        ["nodebuffer", hex("0102")],
        ["arraybuffer", hex("0304")],
      ] as const) {
        client.binaryType = binaryType;
        const answered = next();
        client.send(data);
        await answered;
      }
      expect(events.map(({ data }) => data)).to.deep.equal([
        "text €",
        hex("0102"),
        Uint8Array.of(3, 4).buffer,
      ]);
      expect(events[0]).to.include({ type: "message", target: client });
      const closed = new Promise<CloseEvent>((resolve) => {
        client.onclose = resolve;
      });
      client.close(4000, "why");
      expect(await closed).to.include({ code: 4000, reason: "why", wasClean: true });
    });

    it("sends any kind of bytes, and bytes as text when told to", async () => {
      const client = new WebSocket(url);
      await once(client, "open");
      const view = new Uint16Array([0, 0x0201, 0]).subarray(1, 2);
      for (const data of [hex("0102"), Uint8Array.of(1, 2), Uint8Array.of(1, 2).buffer, view]) {
        client.send(data);
        expect(await once(client, "message")).to.deep.equal([hex("0102"), true]);
      }
      client.send(new DataView(view.buffer, 2, 2), { binary: false });
      expect(await once(client, "message")).to.deep.equal([hex("0102"), false]);
      client.send("text", { binary: true });
      expect(await once(client, "message")).to.deep.equal([Buffer.from("text"), true]);
      client.terminate();
    });

    it("refuses to send what is neither text nor bytes", async () => {
      const client = new WebSocket(url);
      await once(client, "open");
      for (const data of [null, undefined, {}, true, Symbol("x")])
        expect(() => client.send(data as unknown as string)).to.throw(TypeError, "A message is a string");
      for (const data of [null, {}]) expect(() => client.ping(data)).to.throw(TypeError);
      expect(() => client.ping(Buffer.alloc(126))).to.throw(RangeError);
      client.terminate();
    });

    it("calls back when a message is written, and with an error when it will not be", async () => {
      const client = new WebSocket(url);
      expect(() => client.send("x")).to.throw('wait for "open"');
      await once(client, "open");
      expect(await new Promise((resolve) => client.send("x", resolve))).to.equal(undefined);
      const lost = new Promise<Error | undefined>((resolve) => client.send("y", resolve));
      client.terminate();
      expect(await lost).to.include({ code: "WS_ERR_NOT_OPEN" });
      const late = new Promise<Error | undefined>((resolve) => client.send("z", { binary: false }, resolve));
      expect(await late).to.include({ code: "WS_ERR_NOT_OPEN" });
    });

    it("refuses close arguments that must not be sent, whatever its state", async () => {
      const client = new WebSocket(url);
      expect(() => client.close(1006)).to.throw(TypeError);
      await once(client, "open");
      expect(() => client.close(1000, "x".repeat(124))).to.throw(RangeError);
      expect(() => client.close(undefined, "why")).to.throw(TypeError);
      client.terminate();
    });

    it("fails with an error and then a close when closed while connecting", async () => {
      for (const give of ["close", "terminate"] as const) {
        const client = new WebSocket(url);
        const events: string[] = [];
        client.on("error", (error: Error) => events.push(error.message));
        client.on("open", () => events.push("open"));
        client[give]();
        client[give]();
        expect(client.readyState).to.equal(WebSocket.CLOSING);
        const [code] = await closeOf(client);
        expect(client.readyState).to.equal(WebSocket.CLOSED);
        expect([code, ...events]).to.deep.equal([
          1006,
          "The opening handshake failed: the WebSocket was closed while it was connecting",
        ]);
      }
    });

    it("sends its headers and origin with the handshake", async () => {
      const connected = once(server, "connection");
      const client = new WebSocket(url, [], { headers: { Cookie: "a=b" }, origin: "http://here" });
      const [, request] = await connected;
      expect(request.headers).to.include({ cookie: "a=b", origin: "http://here" });
      await once(client, "open");
      client.terminate();
    });

    it("goes where the address says, through the connection it is given", async () => {
      const port = Number(new URL(url).port);
      const asked: unknown[] = [];
      await nextTurn();
      const before = runningTimers();
      const client = new WebSocket("ws://localhost/there", [], {
        port: 1,
        host: "elsewhere.invalid",
        path: "/elsewhere",
        createConnection: (options: unknown) => {
          asked.push((options as { port?: unknown }).port);
          return createConnection({ port, host: "127.0.0.1" });
        },
      });
      const [, request] = await once(server, "connection");
      await once(client, "open");
      expect(asked).to.deep.equal([80]);
      expect([request.url, request.headers.host]).to.deep.equal(["/there", "localhost"]);
      expect(runningTimers(), "the handshake's timer").to.be.at.most(before);
      client.terminate();
      await closeOf(client);
    });

    it("closes with an error and 1009 sent when a message is larger than maxPayload", async () => {
      const connected = once(server, "connection");
      const client = new WebSocket(url, [], { maxPayload: 10 });
      const [peer] = (await connected) as [WebSocket];
      await once(client, "open");
      const outcome = Promise.all([once(client, "error"), once(peer, "close")]);
      peer.send("x".repeat(11));
      const [[error], [code]] = await outcome;
      expect(error).to.include({ code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" });
      expect(code).to.equal(1009);
    });
  });

  describe("with a server that misbehaves", () => {
    let http: Server;
    let url: string;
    beforeEach(async () => {
      http = createServer((_request, response) => response.writeHead(503).end());
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
    });
    afterEach(async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    });

    /** The one error and the one close of a client that cannot connect. */
    async function failure(client: WebSocket): Promise<{ errors: string[]; codes: number[] }> {
      const errors: string[] = [];
      const codes: number[] = [];
      client.on("error", (error: Error) => errors.push(error.message));
      client.on("close", (code: number) => codes.push(code));
      client.on("open", () => errors.push("open"));
      await new Promise((resolve) => client.once("close", resolve));
      await new Promise((resolve) => setImmediate(resolve));
      return { errors, codes };
    }

    it("tells the status of an answer that is no upgrade", async () => {
      expect(await failure(new WebSocket(url))).to.deep.equal({
        errors: ["The opening handshake failed: the server answered with status 503"],
        codes: [1006],
      });
    });

    const ANSWERS: readonly [name: string, lines: string[], why: string][] = [
      ["a wrong accept key", ["Sec-WebSocket-Accept: AAAA"], "does not fit the key"],
      [
        "an unasked-for extension",
        ["ACCEPT", "Sec-WebSocket-Extensions: x"],
        "extension that was not offered",
      ],
      [
        "an unasked-for subprotocol",
        ["ACCEPT", "Sec-WebSocket-Protocol: x"],
        "subprotocol that was not offered",
      ],
    ];
    for (const [name, lines, why] of ANSWERS)
      it(`refuses ${name}`, async () => {
        http.on("upgrade", (request, socket) => {
          const accept = `Sec-WebSocket-Accept: ${acceptKey(request.headers["sec-websocket-key"] ?? "")}`;
          const head = ["HTTP/1.1 101 Yes", "Upgrade: websocket", "Connection: Upgrade", ...lines].join(
            "\r\n",
          );
          leaveWith(socket);
          socket.write(`${head.replace("ACCEPT", accept)}\r\n\r\n`);
        });
        const { errors, codes } = await failure(new WebSocket(url));
        expect(codes).to.deep.equal([1006]);
        expect(errors).to.have.length(1);
        expect(errors[0]).to.include(why);
      });

    it("gives up when the handshake takes too long", async () => {
      http.on("upgrade", (_request, socket) => leaveWith(socket));
      const { errors, codes } = await failure(new WebSocket(url, [], { handshakeTimeout: 20 }));
      expect([...errors, ...codes]).to.deep.equal([
        "The opening handshake took longer than handshakeTimeout",
        1006,
      ]);
    });

    it("takes no used connection out of the pool of Node's own agent", async () => {
      let connections = 0;
      http.on("connection", () => connections++);
      const answer = await new Promise<IncomingMessage>((resolve) =>
        get(url.replace("ws:", "http:"), resolve),
      );
      await once(answer.resume(), "close");
      await failure(new WebSocket(url));
      expect(connections).to.equal(2);
    });

    it("fails when the server hangs up in the midst of the handshake", async () => {
      http.on("upgrade", (_request, socket: Socket) => {
        socket.write("HTTP/1.1 101 Swi");
        socket.end();
      });
      const { errors, codes } = await failure(new WebSocket(url));
      expect(errors).to.have.length(1);
      expect(codes).to.deep.equal([1006]);
    });

    it("fails when nobody listens, and needs no error listener", async () => {
      await new Promise((resolve) => http.close(resolve));
      const { errors, codes } = await failure(new WebSocket(url));
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include("ECONNREFUSED");
      expect(codes).to.deep.equal([1006]);
      const deaf = new WebSocket(url);
      expect(await new Promise((resolve) => deaf.on("close", resolve))).to.equal(1006);
      const handled = new WebSocket(url);
      const event = await new Promise<ErrorEvent>((resolve) => {
        handled.onerror = resolve;
      });
      expect(event.message).to.include("ECONNREFUSED");
      http.listen(0);
      await once(http, "listening");
    });

    it("reads a message that came with the answer, after open", async () => {
      http.on("upgrade", (request, socket) => {
        const accept = acceptKey(request.headers["sec-websocket-key"] ?? "");
        leaveWith(socket);
        const head = `HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
        socket.write(Buffer.concat([Buffer.from(head), frame(TEXT, "early", null)]));
      });
      const client = new WebSocket(url);
      const events: string[] = [];
      client.on("open", () => events.push("open"));
      client.on("message", (data) => events.push(String(data)));
      await once(client, "message");
      expect(events).to.deep.equal(["open", "early"]);
      client.terminate();
      await closeOf(client);
    });
  });

  for (const address of [
    "",
    "localhost",
    "ftp://localhost",
    "ws://localhost/#x",
    "ws://localhost/#",
    "ws://",
  ])
    it(`refuses the address ${JSON.stringify(address)}`, () => {
      expect(() => new WebSocket(address)).to.throw(SyntaxError);
    });

  it("refuses bad options and subprotocols", () => {
    const url = "ws://127.0.0.1:1";
    expect(() => new WebSocket(url, [], { maxPayload: 0 })).to.throw(TypeError, "maxPayload");
    expect(() => new WebSocket(url, [], { handshakeTimeout: -1 })).to.throw(TypeError, "handshakeTimeout");
    expect(() => new WebSocket(url, ["a", "a"])).to.throw(SyntaxError);
  });

  it("replaces and removes WHATWG handlers", () => {
    const socket = new WebSocket(null);
    const calls: string[] = [];
    const listener = { handleEvent: () => calls.push("object") };
    socket.onopen = () => calls.push("first");
    socket.onopen = () => calls.push("second");
    socket.addEventListener("open", listener);
    socket.addEventListener("open", listener);
    socket.addEventListener("open", () => calls.push("once"), { once: true });
    socket.emit("open");
    expect(calls.splice(0)).to.deep.equal(["second", "object", "once"]);
    socket.onopen = null;
    socket.removeEventListener("open", listener);
    socket.emit("open");
    expect(calls).to.deep.equal([]);
    expect(socket.onopen).to.equal(null);
  });
});
