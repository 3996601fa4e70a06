import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import listen, { Namespace, Server, type Socket } from "@towline/socket.io";
import { Adapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { Server as OfficialEngine } from "reference-engine.io";
import { cleanUp, RawClient, startServer } from "./raw-client.ts";
import { tick } from "./recovery-client.ts";

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await cleanUp();
});

const closing = <T extends { close(): unknown }>(one: T): T => {
  opened.push(one);
  return one;
};

async function urlOf(io: Server): Promise<string> {
  const http = io.httpServer as ReturnType<typeof createServer>;
  if (!http.listening) await once(http, "listening");
  return `http://localhost:${(http.address() as AddressInfo).port}`;
}

describe("server", () => {
  for (const [title, make] of [
    ["an HTTP server", () => new Server(createServer().listen(0))],
    ["a port", () => new Server(0)],
    ["a port and options", () => new Server(0, { connectTimeout: 1000 })],
    ["nothing, and attached to a port", () => new Server().attach(0)],
    [
      "options, and attached to an HTTP server",
      () => new Server({ pingTimeout: 500 }).attach(createServer().listen(0)),
    ],
    ["nothing, and told to listen", () => new Server().listen(0)],
    ["a port, by the function", () => listen(0)],
  ] as [string, () => Server][])
    it(`serves when made with ${title}`, async () => {
      const io = closing(make());
      const client = closing(new RawClient(await urlOf(io), 4));
      expect((await client.join()).socketId).to.match(/^[\w-]{20}$/);
    });

  for (const [title, target] of [
    ["a port above 65535", 65_536],
    ["a fraction", 1.5],
    ["a word", "http"],
    ["an Express application", () => {}],
    ["null", null],
    ["an empty text", ""],
    ["true", true],
    ["an empty list", []],
  ] as const)
    it(`refuses to be attached to ${title}`, () => {
      expect(() => new Server().attach(target as never)).to.throw(TypeError, /^Expected an HTTP server/);
    });

  it("says that there is no uWebSockets.js", () => {
    expect(() => new Server().attachApp({})).to.throw(Error, "uWebSockets.js, which is not supported");
  });

  it("checks the options given to attach, and takes those of the constructor for the rest", async () => {
    const io = new Server({ path: "/mine/" });
    expect(() => io.attach(0, { connectTimeout: "soon" } as never)).to.throw(
      TypeError,
      "connectTimeout must be",
    );
    closing(io.attach(0, { connectTimeout: 1234 }));
    expect([io.path(), io.connectTimeout()]).to.deep.equal(["/mine", 1234]);
  });

  it("stands for its namespace / as an emitter, in every method", async () => {
    const io = new Server();
    const heard: unknown[] = [];
    const listener = (...args: unknown[]) => heard.push(args);
    expect(io.on("ping", listener)).to.equal(io);
    expect(io.sockets.listeners("ping")).to.deep.equal([listener]);
    expect(io.listenerCount("ping")).to.equal(1);
    expect(io.prependListener("ping", () => heard.push("first"))).to.equal(io);
    expect(io.eventNames()).to.deep.equal(["ping"]);
    io.sockets._onServerSideEmit(["ping", 1]);
    expect(heard).to.deep.equal(["first", [1]]);
    expect(io.setMaxListeners(3).getMaxListeners()).to.equal(3);
    expect(io.sockets.getMaxListeners()).to.equal(3);
    io.off("ping", listener).removeAllListeners();
    expect(io.sockets.eventNames()).to.deep.equal([]);
    const methods = Object.keys(EventEmitter.prototype).filter(
      (name) => typeof EventEmitter.prototype[name as keyof EventEmitter] === "function",
    );
    for (const name of methods) expect(io, name).to.respondTo(name);
    expect(io).to.be.instanceOf(EventEmitter);
  });

  it("speaks for its namespace /", async () => {
    const { io, connect } = await startServer();
    const connection = once(io, "connection");
    const client = connect();
    await client.join();
    const socket: Socket = (await connection)[0];
    io.socketsJoin("r");
    io.emit("emit", 1);
    expect(io.send("sent")).to.equal(io);
    expect(io.write("written")).to.equal(io);
    io.to("r").emit("to");
    io.in("r").emit("in");
    io.except("nobody").emit("except");
    io.local.emit("local");
    io.volatile.emit("volatile");
    io.compress(false).emit("compress");
    const texts: unknown[] = [];
    while (texts.length < 9) texts.push(await client.next());
    expect(texts).to.deep.equal([
      '42["emit",1]',
      '42["message","sent"]',
      '42["message","written"]',
      ...["to", "in", "except", "local", "volatile", "compress"].map((name) => `42["${name}"]`),
    ]);
    expect(await io.fetchSockets()).to.deep.equal([socket]);
    expect(await io.allSockets()).to.deep.equal(new Set([socket.id]));
    io.socketsLeave("r");
    expect([...socket.rooms]).to.deep.equal([socket.id]);
    io.disconnectSockets(true);
    expect(await client.next()).to.equal("41");
    expect(await client.next()).to.equal(undefined);
  });

  it("gives a namespace by its name, with or without the slash, and tells of new ones", () => {
    const io = new Server();
    const made: string[] = [];
    io.on("new_namespace", ({ name }) => made.push(name));
    const chat = io.of("chat");
    expect(chat).to.be.instanceOf(Namespace);
    expect([io.of("/chat"), io.of("/"), io.of("")]).to.deep.equal([chat, io.sockets, io.sockets]);
    expect(made).to.deep.equal(["/chat"]);
  });

  it("gives namespaces the adapter that it is told of, those that are there as well", () => {
    class Mine extends Adapter {}
    const io = new Server();
    const before = io.of("/before");
    expect(io.adapter()).to.equal(Adapter);
    expect(io.adapter(Mine)).to.equal(io);
    expect(io.adapter()).to.equal(Mine);
    for (const nsp of [io.sockets, before, io.of("/after")]) expect(nsp.adapter).to.be.instanceOf(Mine);
    const made: string[] = [];
    io.adapter((nsp) => {
      made.push(nsp.name);
      return new Mine(nsp);
    });
    expect(made).to.deep.equal(["/", "/before", "/after"]);
  });

  it("takes a new path, time and wish to serve the client for what is attached afterwards", async () => {
    const io = closing(new Server());
    expect(io.path("/other/").serveClient(false).connectTimeout(77)).to.equal(io);
    expect([io.path(), io.serveClient(), io.connectTimeout()]).to.deep.equal(["/other", false, 77]);
    io.attach(0);
    const url = await urlOf(io);
    expect((await fetch(`${url}/other/?EIO=4&transport=polling`)).status).to.equal(200);
    expect((await fetch(`${url}/other/socket.io.js`)).status).to.equal(400);
    expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status).to.equal(404);
  });

  it("takes the connections of an engine of another make", async () => {
    const http = createServer().listen(0);
    const engine = new OfficialEngine({ pingInterval: 60_000 });
    engine.attach(http, { path: "/socket.io" });
    const io = new Server();
    expect(io.bind(engine)).to.equal(io);
    expect(io.engine).to.equal(engine);
    io.httpServer = http;
    closing(io);
    io.of("/admin");
    const connection = once(io, "connection");
    const client = closing(new RawClient(await urlOf(io), 4));
    await client.join();
    const socket: Socket = (await connection)[0];
    socket.on("echo", (value, reply) => reply(value));
    client.send('421["echo","one"]', '451-2["echo",{"_placeholder":true,"num":0}]', Buffer.of(5));
    expect(await client.next()).to.equal('431["one"]');
    expect(await client.next()).to.equal('461-2[{"_placeholder":true,"num":0}]');
    expect(await client.next()).to.deep.equal(Buffer.of(5));
    io.emit("all", Buffer.of(6));
    expect(await client.next()).to.equal('451-["all",{"_placeholder":true,"num":0}]');
    expect(await client.next()).to.deep.equal(Buffer.of(6));
    const left = once(socket, "disconnect");
    client.send("42{");
    expect((await left)[0]).to.equal("parse error");
    expect(await client.next()).to.equal(undefined);
    expect(io.sockets.sockets.size).to.equal(0);
  });
});

describe("server that closes", () => {
  it("does so when it was never attached", async () => {
    const errors: unknown[] = [];
    await new Server().close((error) => errors.push(error));
    expect(errors).to.deep.equal([undefined]);
  });

  it("resolves, and gives the callback an error, when the HTTP server was not running", async () => {
    const errors: unknown[] = [];
    await new Server(createServer()).close((error) => errors.push(error));
    expect(errors[0]).to.have.property("code", "ERR_SERVER_NOT_RUNNING");
  });

  it("does so twice", async () => {
    const io = new Server(0);
    await urlOf(io);
    const errors: unknown[] = [];
    await Promise.all([io.close((error) => errors.push(error)), io.close((error) => errors.push(error))]);
    await io.close((error) => errors.push(error));
    expect(errors).to.have.length(3);
  });

  it("ends sockets of all namespaces, those still being let in, and all connections", async () => {
    const { io, connect } = await startServer();
    const reasons: unknown[] = [];
    io.of("/slow").use(() => {});
    for (const name of ["/", "/chat"])
      io.of(name).on("connection", (socket) =>
        socket.on("disconnect", (reason) => reasons.push([name, reason])),
      );
    const [client, slow] = [connect(), connect()];
    await client.join();
    client.send("40/chat,");
    await client.next();
    await slow.next();
    slow.send("40/slow,");
    while (io.of("/slow").isEmpty) await tick();
    await io.close();
    expect(reasons).to.deep.equal([
      ["/", "server shutting down"],
      ["/chat", "server shutting down"],
    ]);
    await Promise.all([client.closed, slow.closed]);
    expect(io.engine.clientsCount).to.equal(0);
    for (const nsp of io._nsps.values()) expect(nsp.isEmpty, nsp.name).to.equal(true);
  });

  it("closes the adapters, and itself though one of them cannot", async () => {
    const closed: string[] = [];
    class Mine extends Adapter {
      override close(): Promise<void> {
        closed.push(this.nsp.name);
        return Promise.reject(new Error("broker is down"));
      }
    }
    const io = new Server(0, { adapter: Mine });
    io.of("/chat");
    const url = await urlOf(io);
    await io.close();
    expect(closed).to.deep.equal(["/", "/chat"]);
    expect(await fetch(url).catch(() => "refused")).to.equal("refused");
  });

  it("answers, and does not wait for ever for, a request that comes while it closes", async () => {
    const http = createServer();
    const io = new Server(http);
    await once(http.listen(0), "listening");
    const accepted = once(http, "connection");
    const client = connect((http.address() as AddressInfo).port);
    client.write("GET /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\n");
    const [connection] = await accepted;
    while (connection.bytesRead === 0) await tick();
    const closed = io.close();
    await tick();
    client.write("Host: localhost\r\n\r\n");
    expect(String((await once(client, "data"))[0])).to.match(/^HTTP\/1\.1 400 /);
    client.end();
    await closed;
  });

  it("serves again when it is attached anew", async () => {
    const io = new Server(0);
    await urlOf(io);
    await io.close();
    closing(io.attach(0));
    const client = closing(new RawClient(await urlOf(io), 4));
    expect((await client.join()).socketId).to.match(/^[\w-]{20}$/);
  });
});
