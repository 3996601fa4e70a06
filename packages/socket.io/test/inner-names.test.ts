import { once } from "node:events";
import type { Namespace, Server, Socket } from "@towline/socket.io";
import { Decoder, Encoder } from "@towline/socket.io-parser";
import { expect } from "chai";
import { Adapter as OfficialAdapter } from "reference-socket.io-adapter";
import { cleanUp, type RawClient, startServer } from "./raw-client.ts";
import { tick } from "./recovery-client.ts";

afterEach(cleanUp);

async function joined(): Promise<{ io: Server; client: RawClient; socket: Socket }> {
  const { io, connect } = await startServer();
  const connection = once(io, "connection");
  const client = connect();
  await client.join();
  return { io, client, socket: (await connection)[0] };
}

/** Each name, who needs it, and what they do with it. */
describe("inner names of the reference", () => {
  describe("of a server", () => {
    it("_nsps: the admin UI goes through the namespaces by name", async () => {
      const { io } = await joined();
      io.of("/chat");
      expect(io._nsps).to.be.instanceOf(Map);
      const seen: string[] = [];
      for (const [name, nsp] of io._nsps) seen.push(`${name} ${nsp.name}`);
      expect(seen).to.deep.equal(["/ /", "/chat /chat"]);
      expect(io._nsps.get("/")).to.equal(io.sockets);
    });

    it("encoder: adapters encode broadcasts by it", async () => {
      const { io } = await joined();
      expect(io.encoder.encode({ type: 2, nsp: "/chat", data: ["hi", Buffer.of(1)], id: 7 })).to.deep.equal([
        '51-/chat,7["hi",{"_placeholder":true,"num":0}]',
        Buffer.of(1),
      ]);
    });

    it("_parser: adapters ask it for the classes of the codec", async () => {
      const { io } = await joined();
      expect(io._parser).to.deep.equal({ Encoder, Decoder });
    });

    it("opts and _opts: adapters look there for what holds for recovery", async () => {
      const { io } = await startServer({ connectionStateRecovery: { maxDisconnectionDuration: 5000 } });
      const nsp = io.of("/chat");
      expect(nsp.server.opts.connectionStateRecovery).to.include({
        maxDisconnectionDuration: 5000,
        skipMiddlewares: true,
      });
      expect(io._opts).to.equal(io.opts);
      expect((await joined()).io.opts.connectionStateRecovery).to.equal(undefined);
    });

    it("engine.clientsCount, engine.generateId: monitors count by the one, applications set the other", async () => {
      const { io, connect } = await startServer();
      io.engine.generateId = () => "my-own-id";
      const { engineId } = await connect().join();
      expect([engineId, io.engine.clientsCount]).to.deep.equal(["my-own-id", 1]);
    });

    it("_connectTimeout: the reference's client of a connection reads it", async () => {
      const { io } = await startServer({ connectTimeout: 1234 });
      expect(io._connectTimeout).to.equal(1234);
    });

    it("_checkNamespace: frameworks ask it whether a client may come in", async () => {
      const { io } = await joined();
      io.of(/^\/dynamic$/);
      const answers: unknown[] = [];
      for (const name of ["/", "/dynamic", "/nowhere"])
        io._checkNamespace(name, {}, (nsp) => answers.push(nsp));
      expect(answers).to.deep.equal([io.sockets, io.of("/dynamic"), false]);
    });

    it("takes new properties: the admin UI keeps its own on it", async () => {
      const { io } = await joined();
      expect(Object.isExtensible(io)).to.equal(true);
    });
  });

  describe("of a namespace", () => {
    it("_ids: adapters number broadcasts by it, and so does everyone else", async () => {
      const { io, client, socket } = await joined();
      expect(io.sockets._ids).to.equal(0);
      const taken = io.sockets._ids++;
      socket.emit("ask", () => {});
      expect(taken).to.equal(0);
      expect(await client.next()).to.equal('421["ask"]');
      expect(io.sockets._ids).to.equal(2);
    });

    it("_onServerSideEmit: adapters bring by it what another server has sent", async () => {
      const { io } = await joined();
      const heard: unknown[] = [];
      io.of("/chat").on("ping", (...args: unknown[]) => heard.push(args));
      io.on("ping", (...args: unknown[]) => heard.push(["main", ...args]));
      io.of("/chat")._onServerSideEmit(["ping", 1, "two"]);
      io.sockets._onServerSideEmit(["ping", 3]);
      io.sockets._onServerSideEmit(["nobody listens"]);
      expect(heard).to.deep.equal([
        [1, "two"],
        ["main", 3],
      ]);
    });

    it("_onServerSideEmit hands on the function by which the other server is answered", async () => {
      const { io } = await joined();
      const answers: unknown[] = [];
      io.on("ping", (value: number, reply: (answer: number) => void) => reply(value + 1));
      io.sockets._onServerSideEmit(["ping", 1, (answer: unknown) => answers.push(answer)]);
      expect(answers).to.deep.equal([2]);
    });

    it("_initAdapter: a server given another adapter calls it for the namespaces that are there", async () => {
      const { io } = await joined();
      const before = io.of("/chat").adapter;
      io.of("/chat")._initAdapter();
      expect(io.of("/chat").adapter).not.to.equal(before);
    });

    it("sockets, adapter, server: adapters and tools look sockets up by id", async () => {
      const { io, socket } = await joined();
      const { sockets, adapter, server } = socket.nsp;
      expect(sockets).to.be.instanceOf(Map);
      expect([sockets.get(socket.id), adapter.nsp, server]).to.deep.equal([socket, socket.nsp, io]);
    });
  });

  describe("of a socket", () => {
    it("acks: adapters put the callbacks of a broadcast there, as into a Map", async () => {
      const { client, socket } = await joined();
      const answers: unknown[][] = [];
      const callback = (...answer: unknown[]) => answers.push(answer);
      expect(socket.acks.set(99, callback)).to.equal(socket.acks);
      expect([socket.acks.has(99), socket.acks.has(98), socket.acks.size]).to.deep.equal([true, false, 1]);
      expect([socket.acks.get(99), socket.acks.get(98)]).to.deep.equal([callback, undefined]);
      socket.acks.set(100, () => expect.fail("was deleted"));
      expect([socket.acks.delete(100), socket.acks.delete(100)]).to.deep.equal([true, false]);
      client.send('43100["x"]', '4399["a",1]', '4399["again"]', '42["done"]');
      await once(socket, "done");
      expect(answers).to.deep.equal([["a", 1]]);
      expect(socket.acks.size).to.equal(0);
    });

    it("notifyOutgoingListeners: adapters call it for each receiver of a broadcast", async () => {
      const { socket } = await joined();
      const heard: unknown[][] = [];
      socket.onAnyOutgoing((...event) => heard.push(event));
      socket.notifyOutgoingListeners({ type: 2, nsp: "/", data: ["hi", 1] });
      expect(heard).to.deep.equal([["hi", 1]]);
    });

    it("client.writeToEngine: adapters hand over by it what they have encoded", async () => {
      const { io, client, socket } = await joined();
      const options = { preEncoded: true, volatile: false, compress: true };
      const encoded = io.encoder.encode({ type: 2, nsp: "/", data: ["hi", Buffer.of(1)] });
      socket.client.writeToEngine(encoded as (string | Buffer)[], options);
      socket.client.writeToEngine('2["as it is"]', options);
      expect(await client.next()).to.equal('451-["hi",{"_placeholder":true,"num":0}]');
      expect(await client.next()).to.deep.equal(Buffer.of(1));
      expect(await client.next()).to.equal('42["as it is"]');
    });

    it("client.conn, conn.transport.name, request, handshake: tools show them", async () => {
      const { io, socket } = await joined();
      expect(socket.client.conn).to.equal(socket.conn);
      expect(socket.conn.transport.name).to.equal("websocket");
      expect(socket.request.url).to.match(/^\/socket\.io\/\?EIO=4/);
      expect(socket.client.request).to.equal(socket.request);
      expect(socket.handshake).to.equal(socket.handshake);
      expect(socket.client.id).to.equal(socket.conn.id);
      expect(io.engine.clientsCount).to.equal(1);
    });

    it("adapter: applications ask it for rooms", async () => {
      const { io, socket } = await joined();
      expect(socket.adapter).to.equal(io.sockets.adapter);
      expect(socket.adapter.rooms.get(socket.id)).to.deep.equal(new Set([socket.id]));
    });

    it("_onclose: tests of applications end a socket by it", async () => {
      const { io, socket } = await joined();
      const left = once(socket, "disconnect");
      socket._onclose("transport close", "of a test");
      expect(await left).to.deep.equal(["transport close", "of a test"]);
      expect([socket.connected, io.sockets.sockets.size]).to.deep.equal([false, 0]);
    });
  });

  it("carry the official adapter, which knows no others", async () => {
    const { io, connect } = await startServer({
      adapter: ((nsp: Namespace) => new OfficialAdapter(nsp)) as never,
    });
    const sockets: Socket[] = [];
    const outgoing: unknown[][] = [];
    io.on("connection", (socket) => {
      sockets.push(socket);
      socket.onAnyOutgoing((...event) => outgoing.push(event));
    });
    const clients = [connect(), connect()];
    for (const client of clients) await client.join();
    const [a, b] = sockets as [Socket, Socket];
    await a.join("r");
    io.emit("all", Buffer.of(1));
    io.to("r").emit("room", 2);
    a.broadcast.emit("but a", 3);
    const answers = io.timeout(1000).emitWithAck("ask");
    const texts: unknown[][] = [[], []];
    for (const [index, client] of clients.entries())
      while (texts[index]?.length !== 4) texts[index]?.push(await client.next());
    const all = ['451-["all",{"_placeholder":true,"num":0}]', Buffer.of(1)];
    expect(texts).to.deep.equal([
      [...all, '42["room",2]', '420["ask"]'],
      [...all, '42["but a",3]', '420["ask"]'],
    ]);
    for (const [index, client] of clients.entries()) client.send(`430[${index}]`);
    expect(await answers).to.have.members([0, 1]);
    expect([a.acks.size, b.acks.size]).to.deep.equal([0, 0]);
    expect(outgoing.map(([name]) => name)).to.deep.equal(["all", "all", "room", "but a", "ask", "ask"]);
    io.in("r").disconnectSockets();
    await tick();
    expect([a.connected, b.connected]).to.deep.equal([false, true]);
  });

  it("socket.onevent may be replaced, as socketio-wildcard does", async () => {
    const { io, connect } = await startServer();
    const heard: unknown[][] = [];
    io.use((socket, next) => {
      const { onevent } = socket;
      socket.onevent = function (packet) {
        const data = packet.data as [string, ...unknown[]];
        onevent.call(this, packet);
        onevent.call(this, { ...packet, data: ["*", ...data] });
      };
      socket.on("x", (...args) => heard.push(["x", ...args]));
      socket.on("*", (...args) => heard.push(["*", ...args]));
      next();
    });
    const client = connect();
    await client.join();
    client.send('42["x",1]');
    while (heard.length < 2) await new Promise(setImmediate);
    expect(heard).to.deep.equal([
      ["x", 1],
      ["*", "x", 1],
    ]);
  });
});
