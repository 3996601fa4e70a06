import { once } from "node:events";
import { Server, type Socket } from "@towline/socket.io";
import { expect } from "chai";
import { cleanUp, startServer } from "./raw-client.ts";

afterEach(cleanUp);

describe("connection", () => {
  it("joins / when the client asks, with an id of its own", async () => {
    const { io, connect } = await startServer();
    const connection = once(io.sockets, "connection");
    const { engineId, socketId } = await connect().join();
    const [socket] = await connection;
    expect(socketId).to.match(/^[\w-]{20}$/);
    expect(socketId).not.to.equal(engineId);
    expect([socket.id, socket.conn.id, socket.connected]).to.deep.equal([socketId, engineId, true]);
    expect([...socket.rooms]).to.deep.equal([socketId]);
    expect(io.sockets.sockets.get(socketId)).to.equal(socket);
  });

  it("puts a client of revision 4 into / by itself, under the id it expects", async () => {
    const { io, connect } = await startServer();
    io.of("/admin");
    const connection = once(io.sockets, "connection");
    const client = connect(3);
    const engineId = JSON.parse(String(await client.next()).slice(1)).sid;
    expect(await client.next()).to.equal("40");
    expect((await connection)[0].id).to.equal(engineId);
    const admin = once(io.of("/admin"), "connection");
    client.send("40/admin?token=x&list=1&list=2,");
    expect(await client.next()).to.equal("40/admin,");
    const [socket] = await admin;
    expect(socket.id).to.equal(`/admin#${engineId}`);
    expect(socket.handshake.query).to.include({ token: "x", EIO: "3" });
    expect(socket.handshake.query.list).to.deep.equal(["1", "2"]);
  });

  it("gives the handshake, with what the client sent as auth", async () => {
    const { io, connect } = await startServer();
    const connection = once(io.sockets, "connection");
    const client = connect();
    await client.next();
    client.send('40{"token":"secret"}');
    const [{ handshake }] = await connection;
    expect(handshake.auth).to.deep.equal({ token: "secret" });
    expect(handshake.query).to.include({ EIO: "4", transport: "websocket" });
    expect(handshake.url).to.match(/^\/socket\.io\/\?EIO=4/);
    expect([handshake.secure, handshake.xdomain]).to.deep.equal([false, false]);
    expect(handshake.headers.host).to.match(/^localhost:/);
    expect(handshake.address).to.match(/127\.0\.0\.1|::1/);
    expect(handshake.issued).to.be.closeTo(Date.now(), 10_000);
  });

  it("refuses a namespace that is not there, and lets the connection go on", async () => {
    const { connect } = await startServer();
    const client = connect();
    await client.next();
    for (const name of ["/nowhere", "/__proto__", "/constructor"]) {
      client.send(`40${name},`);
      expect(await client.next()).to.equal(`44${name},{"message":"Invalid namespace"}`);
    }
    client.send("40");
    expect(await client.next()).to.match(/^40\{"sid"/);
  });

  it("runs middlewares in order, and says why one refused, as each revision does", async () => {
    const { io, connect } = await startServer();
    const seen: string[] = [];
    io.use((socket, next) => {
      seen.push("first");
      next(socket.handshake.query.EIO === "9" ? new Error("never") : undefined);
    });
    io.use((_socket, next) => {
      seen.push("second");
      next(Object.assign(new Error("no entry"), { data: { code: 7 } }));
      next();
    });
    const [now, then] = [connect(4), connect(3)];
    await now.next();
    now.send("40");
    expect(await now.next()).to.equal('44{"message":"no entry","data":{"code":7}}');
    await then.next();
    expect(await then.next()).to.equal('44{"code":7}');
    expect(seen.slice(0, 2)).to.deep.equal(["first", "second"]);
    expect(io.sockets.sockets.size).to.equal(0);
  });

  it("says nothing of a refusal to a client that has left meanwhile and asked again", async () => {
    const { io, connect } = await startServer();
    const pending: ((error?: Error) => void)[] = [];
    io.use((_socket, next) => void pending.push(next));
    const client = connect();
    await client.next();
    client.send("40", "41", "40");
    while (pending.length < 2) await new Promise(setImmediate);
    pending[0]?.(new Error("of the first attempt"));
    pending[1]?.();
    expect(await client.next()).to.match(/^40\{"sid"/);
  });

  it("ignores what was under way to a namespace that the server has put the client out of", async () => {
    const { io, connect } = await startServer();
    io.of("/chat").on("connection", (socket) => socket.on("out", () => socket.disconnect()));
    io.on("connection", (socket) => socket.on("echo", (reply) => reply("here")));
    const client = connect();
    await client.join();
    client.send("40/chat,");
    await client.next();
    client.send('42/chat,["out"]', '42/chat,["late"]', "41/chat,", '420["echo"]');
    expect(await client.next()).to.equal("41/chat,");
    expect(await client.next()).to.equal('430["here"]');
  });

  it("leaves nothing of a socket that was refused, or joins rooms too late", async () => {
    const { io, connect } = await startServer();
    let refused: Socket | undefined;
    io.use((socket, next) => {
      refused = socket;
      void socket.join("early");
      next(new Error("no entry"));
      socket.emit("after the refusal");
      void socket.join("late");
    });
    const client = connect();
    await client.next();
    client.send("40", "40");
    expect(await client.next()).to.equal('44{"message":"no entry"}');
    expect(await client.next()).to.equal('44{"message":"no entry"}');
    expect(refused?.connected).to.equal(false);
    expect([io.sockets.adapter.rooms.size, io.sockets.adapter.sids.size]).to.deep.equal([0, 0]);
  });

  it("tells a client of revision 4 the bare message of an error without data", async () => {
    const { io, connect } = await startServer();
    io.use((_socket, next) => next(new Error("no entry")));
    const client = connect(3);
    await client.next();
    expect(await client.next()).to.equal('44"no entry"');
  });

  it("closes a connection that joins nothing in time", async () => {
    const { connect } = await startServer({ connectTimeout: 20 });
    const client = connect();
    await client.next();
    expect(await client.next()).to.equal(undefined);
  });

  for (const [title, packet] of [
    ["joins twice", "40"],
    ["speaks to a namespace it is not in", '42/admin,["x"]'],
    ["sends a malformed packet", "42{"],
    ["announces a billion attachments", '45999999999-["x"]'],
  ] as const)
    it(`closes the connection of a client that ${title}; others go on`, async () => {
      const { io, connect } = await startServer();
      io.of("/admin");
      io.on("connection", (socket) => socket.on("echo", (value, reply) => reply(value)));
      const [bad, good] = [connect(), connect()];
      await Promise.all([bad.join(), good.join()]);
      bad.send(packet);
      expect(await bad.next()).to.equal(undefined);
      good.send('421["echo","still here"]');
      expect(await good.next()).to.equal('431["still here"]');
      expect(io.engine.clientsCount).to.equal(1);
    });

  it("says at construction which options are wrong", () => {
    expect(() => new Server({ path: 1, connectTimeout: "soon" } as never)).to.throw(
      TypeError,
      'path must be a string, got 1; connectTimeout must be a positive number of milliseconds below 2^31, got "soon"',
    );
    expect(() => new Server().attach("nonsense" as never)).to.throw(TypeError, "an HTTP server or a port");
  });

  it("closes: sockets hear of it, the port is free, the callback and the promise come", async () => {
    const { io, url, connect } = await startServer();
    const connection = once(io.sockets, "connection");
    const client = connect();
    await client.join();
    const disconnect = once((await connection)[0], "disconnect");
    let called = false;
    await io.close(() => {
      called = true;
    });
    expect((await disconnect)[0]).to.equal("server shutting down");
    expect(called).to.equal(true);
    await client.closed;
    expect(await fetch(url).catch(() => "refused")).to.equal("refused");
  });
});
