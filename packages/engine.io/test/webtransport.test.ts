import { once } from "node:events";
import { FakeClock } from "@towline/core";
import { Server, type ServerOptions, type Socket, Transport, transports } from "@towline/engine.io";
import { StreamReader } from "@towline/engine.io-parser";
import { expect } from "chai";
import { nextUncaught } from "../../websocket/test/support/uncaught.ts";
import { DEAF_SINK } from "../src/transport.ts";
import { WebTransportTransport } from "../src/transports/webtransport.ts";
import { WebTransportLink } from "../src/transports/webtransport-link.ts";
import { RunningServer } from "./support/running-server.ts";
import {
  type ClientStream,
  FakeSession,
  type FakeSessionOptions,
  frame,
} from "./support/webtransport-session.ts";

const ALL = ["polling", "websocket", "webtransport"] as const;
const servers: Server[] = [];

function newServer(options: ServerOptions = {}): Server {
  const server = new Server({ transports: ALL, ...options });
  server.generateId = () => "abc";
  servers.push(server);
  return server;
}

interface Opened {
  readonly server: Server;
  readonly session: FakeSession;
  readonly socket: Socket;
  readonly client: ClientStream;
}

/** A session of its own; its open packet is read. */
async function open(options?: ServerOptions, sessionOptions?: FakeSessionOptions): Promise<Opened> {
  const server = newServer(options);
  const session = new FakeSession(sessionOptions);
  const client = session.open("0");
  const [[socket]] = await Promise.all([
    once(server, "connection") as Promise<[Socket]>,
    server.onWebTransportSession(session.server),
  ]);
  await client.packet();
  return { server, session, socket, client };
}

/** What a session that begins with `packet` is told, and the event of it. */
async function refused(server: Server, packet = "0", sessionOptions?: FakeSessionOptions) {
  const session = new FakeSession(sessionOptions);
  const client = session.open(packet);
  const [[error]] = await Promise.all([
    once(server, "connection_error"),
    server.onWebTransportSession(session.server),
  ]);
  await ended(client);
  return { closes: session.closes, error };
}

/** Resolves when the server has let go of both directions. */
const ended = ({ reader, writer }: ClientStream) =>
  Promise.allSettled([rest(reader), writer.closed]).then(() => {});

async function rest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

const closeOf = async (socket: Socket): Promise<unknown> => (await once(socket, "close"))[0];

describe("WebTransport", () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  describe("a session of its own", () => {
    it("is opened by an open packet, and gets the handshake", async () => {
      const server = newServer();
      const session = new FakeSession();
      const client = session.open();
      client.write(Uint8Array.of(0x01, 0x30));
      const [[socket]] = await Promise.all([
        once(server, "connection"),
        server.onWebTransportSession(session.server),
      ]);
      const handshake =
        '{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
      expect(await client.hex(1)).to.equal("5a");
      expect(await client.hex(90)).to.equal(Buffer.from(`0${handshake}`).toString("hex"));
      expect(socket.id).to.equal("abc");
      expect(socket.protocol).to.equal(4);
      expect(socket.upgraded).to.equal(false);
      expect(socket.transport.name).to.equal("webtransport");
      expect(socket.transport).to.be.instanceOf(Transport).and.instanceOf(transports.webtransport);
      expect(server.clientsCount).to.equal(1);
    });

    it("gives text and bytes that arrive in any pieces", async () => {
      const { socket, client } = await open();
      const messages: unknown[] = [];
      socket.on("message", (message) => messages.push(message));
      const wire = Buffer.from("063468c3a96c6c8301020306346f6365616e", "hex");
      for (let cut = 0; cut <= wire.length; cut++) {
        client.write(Buffer.from(wire.subarray(0, cut)));
        client.write(Buffer.from(wire.subarray(cut)));
      }
      while (messages.length < 3 * (wire.length + 1)) await once(socket, "message");
      for (let i = 0; i < messages.length; i += 3)
        expect(messages.slice(i, i + 3)).to.deep.equal(["héll", Buffer.of(1, 2, 3), "ocean"]);
    });

    it("sends text, bytes and lengths of every size", async () => {
      const { socket, client } = await open();
      socket.send("a").send(Buffer.of(1, 2)).send("b".repeat(125)).send(Buffer.alloc(65_536));
      expect(await client.hex(2 + 1)).to.equal("023461");
      expect(await client.hex(1 + 2)).to.equal("820102");
      expect(await client.hex(3 + 1)).to.equal("7e007e34");
      await client.hex(125);
      expect(await client.hex(9 + 1)).to.equal("ff000000000001000000");
    });

    it("writes what is sent in a turn at once", async () => {
      const { socket, client } = await open();
      for (const text of ["a", "b", "c"]) socket.send(text);
      const { value } = await client.reader.read();
      expect(Buffer.from(value ?? []).toString("hex")).to.equal("023461023462023463");
    });

    it("delivers what came with the first packet to the listeners of the connection", async () => {
      const server = newServer();
      const session = new FakeSession();
      session.open("0", "4hello");
      const connected = once(server, "connection").then(([socket]) => once(socket, "message"));
      await server.onWebTransportSession(session.server);
      expect(await connected).to.deep.equal(["hello"]);
    });

    it("is pinged, and closed when it does not answer", async () => {
      const { socket, session, client } = await open({ pingInterval: 20, pingTimeout: 20 });
      expect(await client.hex(2)).to.equal("0132");
      client.send("3");
      expect(await client.hex(2)).to.equal("0132");
      expect(await closeOf(socket)).to.equal("ping timeout");
      await ended(client);
      expect(session.closes).to.have.length(1);
    });

    it("calls back, and emits drain, when the client has taken what was sent", async () => {
      const { socket, client } = await open({}, { capacity: 0 });
      let isTaken = false;
      socket.send("a", () => {
        isTaken = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(isTaken).to.equal(false);
      expect(socket.bufferedAmount).to.equal(3);
      const drained = once(socket, "drain");
      await client.packet();
      await drained;
      expect(isTaken).to.equal(true);
      expect(socket.bufferedAmount).to.equal(0);
    });

    it("goes on after a listener that throws, whose error is uncaught", async () => {
      const { socket, client } = await open();
      const messages: unknown[] = [];
      socket.on("message", (message) => {
        messages.push(message);
        if (message === "a") throw new Error("the listener's");
      });
      const uncaught = nextUncaught();
      client.send("4a", "4b");
      expect((await uncaught).message).to.equal("the listener's");
      expect(messages).to.deep.equal(["a", "b"]);
    });

    it("surfaces what a listener of the connection throws", async () => {
      const server = newServer();
      server.on("connection", () => {
        throw new Error("the listener's");
      });
      const session = new FakeSession();
      session.open("0");
      const uncaught = nextUncaught();
      await server.onWebTransportSession(session.server);
      expect((await uncaught).message).to.equal("the listener's");
    });

    it("refuses a second stream and goes on with the first", async () => {
      const { socket, session, client } = await open();
      const second = session.open("4lost");
      await ended(second);
      client.send("4kept");
      expect(await once(socket, "message")).to.deep.equal(["kept"]);
    });
  });

  describe("the request", () => {
    const header = {
      ":method": "CONNECT",
      ":protocol": "webtransport",
      ":scheme": "https",
      ":path": "/engine.io/?token=x&EIO=3&sid=other&token=y",
      ":authority": "example.com:4433",
      origin: "https://example.com",
      "User-Agent": "test",
      odd: 5,
    };

    it("has what the session carries of it", async () => {
      const { socket } = await open({}, { header, peerAddress: "192.0.2.1:50000" });
      const { request } = socket;
      expect(request.method).to.equal("GET");
      expect(request.url).to.equal(header[":path"]);
      expect(request.headers).to.deep.equal({
        host: "example.com:4433",
        origin: "https://example.com",
        "user-agent": "test",
      });
      expect(request).to.have.deep.property("_query", { token: "y", EIO: "4", transport: "webtransport" });
      expect(socket.remoteAddress).to.equal("192.0.2.1");
      expect(request.socket.remoteAddress).to.equal("192.0.2.1");
      expect(request).to.have.nested.property("webTransport.header", header);
    });

    it("is there when the session carries nothing", async () => {
      const { socket } = await open();
      const { request } = socket;
      expect(request.url).to.equal("/?EIO=4&transport=webtransport");
      expect(request.headers).to.deep.equal({});
      expect(request).to.have.deep.property("_query", { EIO: "4", transport: "webtransport" });
      expect(socket.remoteAddress).to.equal("");
    });

    for (const [peerAddress, address] of [
      ["[2001:db8::1]:4433", "2001:db8::1"],
      ["::1:4433", "::1"],
      ["::1", "::1"],
      ["192.0.2.1", "192.0.2.1"],
      ["somewhere", "somewhere"],
    ])
      it(`has ${address} of ${peerAddress}`, async () => {
        const { socket } = await open({}, { peerAddress: String(peerAddress) });
        expect(socket.remoteAddress).to.equal(address);
      });

    it("has no body", async () => {
      const { socket } = await open();
      expect(await once(socket.request.resume(), "end")).to.deep.equal([]);
    });

    it("goes through the middlewares, allowRequest and generateId", async () => {
      const seen: unknown[] = [];
      const server = newServer({
        cors: true,
        allowRequest: (request, callback) => {
          seen.push(["allowRequest", request.url]);
          setImmediate(callback, null, true);
        },
      });
      server.use((request, response, next) => {
        response.setHeader("x-seen", "1");
        seen.push(["middleware", request.url]);
        next();
      });
      server.generateId = async ({ url }) => {
        seen.push(["generateId", url]);
        return "made";
      };
      const session = new FakeSession({ header: { ":path": "/a" } });
      session.open("0");
      const [[socket]] = await Promise.all([
        once(server, "connection"),
        server.onWebTransportSession(session.server),
      ]);
      expect(socket.id).to.equal("made");
      expect(seen).to.deep.equal([
        ["middleware", "/a"],
        ["allowRequest", "/a"],
        ["generateId", "/a"],
      ]);
    });
  });

  describe("a session that is refused", () => {
    it("is told so, where WebTransport is not on offer", async () => {
      const { closes, error } = await refused(new Server());
      expect(closes).to.deep.equal([{ closeCode: 0, reason: "Transport unknown" }]);
      expect(error).to.include({ code: 0, message: "Transport unknown" });
      expect(error.req.url).to.equal("/?EIO=4&transport=webtransport");
    });

    for (const sid of ["nope", "__proto__", "constructor"])
      it(`is told so, when there is no session ${sid}`, async () => {
        const { closes, error } = await refused(newServer(), `0{"sid":"${sid}"}`);
        expect(closes).to.deep.equal([{ closeCode: 1, reason: "Session ID unknown" }]);
        expect(error.context).to.deep.equal({ sid });
      });

    it("is told so, when the session that it names is not on polling", async () => {
      const { server } = await open();
      const { closes, error } = await refused(server, '0{"sid":"abc"}');
      expect(closes).to.deep.equal([{ closeCode: 3, reason: "Bad request" }]);
      expect(error.context.name).to.equal("TRANSPORT_MISMATCH");
      expect(server.clientsCount).to.equal(1);
    });

    it("is told what allowRequest says", async () => {
      const server = newServer({ allowRequest: (_request, callback) => callback("no ".repeat(1000), false) });
      const { closes, error } = await refused(server);
      expect(closes).to.deep.equal([{ closeCode: 4, reason: "no ".repeat(1000).slice(0, 341) }]);
      expect(error).to.include({ code: 4, message: "Forbidden" });
    });

    it("is told so, when a middleware fails", async () => {
      const server = newServer();
      server.use((_request, _response, next) => next(new Error("no")));
      const { closes, error } = await refused(server);
      expect(closes).to.deep.equal([{ closeCode: 3, reason: "Bad request" }]);
      expect(error.context.name).to.equal("MIDDLEWARE_FAILURE");
    });

    it("is told so, when its origin is no header value", async () => {
      const { error } = await refused(newServer(), "0", { header: { origin: "\u0000" } });
      expect(error.context.name).to.equal("INVALID_ORIGIN");
    });

    it("is told so, when the server was closed meanwhile", async () => {
      const server = newServer({
        allowRequest: (_request, callback) => {
          server.close();
          callback(null, true);
        },
      });
      const { closes } = await refused(server);
      expect(closes).to.deep.equal([{ closeCode: 3, reason: "Server closed" }]);
    });

    it("opens nothing, when the client has left while the application decided", async () => {
      let decide = () => {};
      const server = newServer({
        allowRequest: (_request, callback) => {
          decide = () => callback(null, true);
        },
      });
      const connected: unknown[] = [];
      server.on("connection", (socket) => connected.push(socket));
      const session = new FakeSession();
      const client = session.open("0");
      await server.onWebTransportSession(session.server);
      session.close();
      await ended(client);
      decide();
      expect(connected).to.have.length(0);
      expect(server.clientsCount).to.equal(0);
    });

    it("is closed when a middleware answers it", async () => {
      const server = newServer();
      server.use((_request, response) => void response.writeHead(403).end("no"));
      const session = new FakeSession();
      const client = session.open("0");
      await server.onWebTransportSession(session.server);
      await ended(client);
      expect(session.closes).to.deep.equal([undefined]);
      expect(server.clientsCount).to.equal(0);
    });

    it("is closed with the server, when it has not said yet what it wants", async () => {
      const server = newServer();
      const session = new FakeSession();
      const received = server.onWebTransportSession(session.server);
      server.close();
      await received;
      expect(session.closes).to.have.length(1);
    });
  });

  describe("what is no packet", () => {
    const FAULTS: readonly (readonly [string, Uint8Array])[] = [
      ["of an unknown type", frame("x")],
      ["of no characters", Uint8Array.of(0)],
      ["that is not UTF-8", Uint8Array.of(2, 0x34, 0xff)],
      ["with bad base64", frame("b*")],
      ["of more than maxHttpBufferSize, by its header alone", Uint8Array.of(0x7e, 0x00, 0xc9)],
    ];
    for (const [title, bytes] of FAULTS)
      it(`closes the session: a packet ${title}`, async () => {
        const { server, socket, session, client } = await open({ maxHttpBufferSize: 200 });
        client.write(Buffer.concat([frame("4before"), bytes, frame("4after")]));
        const messages: unknown[] = [];
        socket.on("message", (message) => messages.push(message));
        const [reason, description] = await once(socket, "close");
        expect(reason).to.equal("parse error");
        expect(description).to.have.property("name", "ProtocolError");
        expect(messages).to.deep.equal(["before"]);
        await ended(client);
        expect(session.closes).to.have.length(1);
        expect(server.clientsCount).to.equal(0);
      });

    it("closes the session: a ping, which is the server's to send", async () => {
      const { socket, client } = await open();
      client.send("2");
      expect(await closeOf(socket)).to.equal("transport error");
    });
  });

  describe("an end from the client", () => {
    const ENDS: readonly (readonly [string, (opened: Opened) => unknown])[] = [
      ["a close packet", ({ client }) => client.send("1")],
      ["a closed session", ({ session }) => session.close({ closeCode: 5, reason: "bye" })],
      ["a lost session", ({ session }) => session.fail(new Error("lost"))],
      ["an ended stream", ({ client }) => client.writer.close()],
      ["a reset stream", ({ client }) => client.writer.abort(new Error("reset"))],
      ["a stream that is not read any more", ({ client }) => client.reader.cancel()],
    ];
    for (const [title, end] of ENDS)
      it(`closes the session: ${title}`, async () => {
        const opened = await open();
        const { server, socket, session, client } = opened;
        let closes = 0;
        const closed = closeOf(socket);
        socket.on("close", () => closes++);
        await end(opened);
        expect(await closed).to.equal("transport close");
        socket.send("nobody hears");
        await ended(client);
        expect(closes).to.equal(1);
        expect(session.closes).to.have.length(1);
        expect(server.clientsCount).to.equal(0);
      });

    it("delivers what came before the end of the stream", async () => {
      const { socket, client } = await open();
      const messages: unknown[] = [];
      socket.on("message", (message) => messages.push(message));
      client.send("4a");
      client.send("4b");
      void client.writer.close();
      await closeOf(socket);
      expect(messages).to.deep.equal(["a", "b"]);
    });
  });

  describe("an end from the server", () => {
    it("comes after what was sent", async () => {
      const { socket, session, client } = await open({}, { capacity: 0 });
      socket.send("a").send(Buffer.alloc(5000)).send("b");
      socket.close();
      expect(socket.readyState).to.equal("closing");
      const closed = closeOf(socket);
      expect(await client.packet()).to.equal("4a");
      expect(session.closes).to.have.length(0);
      expect(await client.rest()).to.deep.equal([Buffer.alloc(5000), "4b"]);
      expect(await closed).to.equal("forced close");
      expect(session.closes).to.deep.equal([undefined]);
    });

    it("comes after what was sent when the whole server is closed, too", async () => {
      const { server, socket, session, client } = await open();
      socket.send("a");
      const closed = closeOf(socket);
      server.close();
      expect(await closed).to.equal("forced close");
      expect(await client.rest()).to.deep.equal(["4a"]);
      await session.closed;
      expect(session.closes).to.deep.equal([undefined]);
    });

    it("does not wait longer than it may for a client that does not read", async () => {
      const clock = new FakeClock();
      const { session, transport, client } = await openTransport(clock);
      const closed = new Promise((resolve) => {
        transport.sink = { ...DEAF_SINK, onClose: resolve };
      });
      transport.send([{ type: "message", data: "a" }]);
      transport.close("graceful");
      clock.advance(CLOSE_TIMEOUT - 1);
      expect(session.closes).to.have.length(0);
      clock.advance(1);
      expect(await closed).to.equal(undefined);
      await ended(client);
      expect(session.closes).to.have.length(1);
      expect(transport.bufferedAmount).to.equal(0);
    });

    for (const mode of ["graceful", "abort", "discard"] as const)
      it(`leaves no timer behind, and reports its end when it is graceful alone: ${mode}`, async () => {
        const clock = new FakeClock();
        const { session, transport, client } = await openTransport(clock);
        let reports = 0;
        transport.sink = { ...DEAF_SINK, onClose: () => reports++ };
        transport.close(mode);
        transport.close("graceful");
        await ended(client);
        await session.closed;
        expect(clock.pending).to.equal(0);
        expect(session.closes).to.have.length(1);
        expect(reports).to.equal(mode === "graceful" ? 1 : 0);
      });
  });

  describe("backpressure", () => {
    const FULL = { maxSendBufferBytes: 10_000 };
    const STUCK = { capacity: 0 };

    it("closes the session of a client that does not read", async () => {
      const { server, socket, session, client } = await open(FULL, STUCK);
      const closed = closeOf(socket);
      for (let sent = 0; sent <= 10 && socket.readyState === "open"; sent++) socket.send("x".repeat(1000));
      expect(await closed).to.equal("send buffer overflow");
      await ended(client);
      expect(session.closes).to.have.length(1);
      expect(server.clientsCount).to.equal(0);
    });

    it("drops what does not fit, when told to", async () => {
      const asked: unknown[] = [];
      const { socket, client } = await open(
        {
          ...FULL,
          onBufferFull: (_socket, bufferedBytes, messageBytes) => {
            asked.push([bufferedBytes, messageBytes]);
            return "drop";
          },
        },
        STUCK,
      );
      socket.send(Buffer.alloc(9_000, 1)).send(Buffer.alloc(2_000, 2)).send("fits");
      expect(asked).to.deep.equal([[9_003, 2_003]]);
      socket.close();
      expect(await client.rest()).to.deep.equal([Buffer.alloc(9_000, 1), "4fits"]);
    });

    it("sends what does not fit all the same, when told to", async () => {
      const { socket, client } = await open({ ...FULL, onBufferFull: () => "send" }, STUCK);
      socket.send(Buffer.alloc(9_000)).send(Buffer.alloc(2_000));
      expect(socket.bufferedAmount).to.equal(11_006);
      socket.close();
      expect(await client.rest()).to.have.length(2);
    });

    it("does not read on while the application decides", async () => {
      let decide = () => {};
      const server = newServer({
        allowRequest: (_request, callback) => {
          decide = () => callback(null, true);
        },
      });
      const session = new FakeSession({ capacity: 1 });
      const client = session.open("0");
      await server.onWebTransportSession(session.server);
      const unread = client.writer.write(frame("4a")).then(() => "read");
      const turn = new Promise((resolve) => setImmediate(resolve, "not read"));
      expect(await Promise.race([unread, turn])).to.equal("not read");
      decide();
      expect(await unread).to.equal("read");
    });
  });

  describe("an upgrade from polling", () => {
    let running: RunningServer;

    beforeEach(async () => {
      running = await RunningServer.start({ transports: ALL, upgradeTimeout: 50 });
    });
    afterEach(() => running.close());

    async function probe(sid: string) {
      const session = new FakeSession();
      const client = session.open(`0{"sid":"${sid}"}`);
      await running.engine.onWebTransportSession(session.server);
      return { session, client };
    }

    it("is announced in the handshake of polling alone", async () => {
      const body = await (await fetch(running.urlOf("EIO=4&transport=polling"))).text();
      expect(body).to.include('"upgrades":["websocket","webtransport"]');
      const frames = running.openFrames("EIO=4&transport=websocket");
      expect(await frames.next()).to.include('"upgrades":[]');
      running.engine.close();
    });

    it("moves the session, and loses nothing", async () => {
      const { sid, socket, waitingPoll, post } = await running.openPolling();
      const messages: unknown[] = [];
      socket.on("message", (message) => messages.push(message));
      const poll = await waitingPoll();
      const { client, session } = await probe(sid);
      client.send("2probe");
      expect(await client.hex(7)).to.equal("063370726f6265");
      expect(await poll.answer).to.equal("6");
      await post("4by post");
      socket.send("waits");
      const upgraded = once(socket, "upgrade");
      client.send("5", "4by stream");
      expect(await client.packet()).to.equal("4waits");
      await upgraded;
      expect(socket.transport.name).to.equal("webtransport");
      expect(socket.upgraded).to.equal(true);
      expect(messages).to.deep.equal(["by post", "by stream"]);
      const closed = closeOf(socket);
      session.close();
      expect(await closed).to.equal("transport close");
    });

    it("that says anything else leaves the session as it was", async () => {
      const { sid, socket, poll } = await running.openPolling();
      const { client, session } = await probe(sid);
      client.send("4hello");
      await ended(client);
      expect(session.closes).to.have.length(1);
      socket.send("still here");
      expect(await (await poll()).text()).to.equal("4still here");
      socket.close(true);
    });

    it("that takes longer than upgradeTimeout leaves the session as it was", async () => {
      const { sid, socket } = await running.openPolling();
      const { client, session } = await probe(sid);
      await ended(client);
      expect(session.closes).to.have.length(1);
      expect(socket.readyState).to.equal("open");
      expect(socket.transport.name).to.equal("polling");
      socket.close(true);
    });

    it("is refused while another one is under way", async () => {
      const { sid, socket } = await running.openPolling();
      const first = await probe(sid);
      const second = await probe(sid);
      await ended(second.client);
      expect(second.session.closes).to.have.length(1);
      first.client.send("2probe");
      expect(await first.client.packet()).to.equal("3probe");
      socket.close(true);
    });

    it("is refused for a session of revision 3", async () => {
      const { sid, socket } = await running.openPolling("EIO=3&transport=polling");
      const [[error], { session }] = await Promise.all([
        once(running.engine, "connection_error"),
        probe(sid),
      ]);
      expect(error.context.name).to.equal("PROTOCOL_MISMATCH");
      expect(session.closes).to.deep.equal([{ closeCode: 3, reason: "Bad request" }]);
      socket.close(true);
    });
  });
});

const CLOSE_TIMEOUT = 100;

/** A transport on a stream that nobody reads. */
async function openTransport(clock: FakeClock) {
  const session = new FakeSession({ capacity: 0 });
  const client = session.open();
  const streams = session.server.incomingBidirectionalStreams.getReader();
  const { value } = await streams.read();
  if (value === undefined) throw new Error("there is no stream");
  const link = new WebTransportLink(session.server, value, streams);
  const transport = new WebTransportTransport(link, new StreamReader(1000), {
    clock,
    maxSendBufferBytes: 1000,
    closeTimeoutMs: CLOSE_TIMEOUT,
  });
  transport.start();
  return { session, client, transport };
}

describe("onWebTransportSession", () => {
  it("refuses what is no session, with a word on what one has", async () => {
    const refusal = await new Server().onWebTransportSession({}).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(TypeError);
    expect(String(refusal)).to.include("incomingBidirectionalStreams");
  });
});
