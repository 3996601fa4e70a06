import { once } from "node:events";
import { expect } from "chai";
import type { Socket } from "../src/index.ts";
import { cleanUp, startServer } from "./raw-client.ts";

afterEach(cleanUp);

async function joined() {
  const server = await startServer();
  const connection = once(server.io.sockets, "connection");
  const client = server.connect();
  await client.join();
  const socket: Socket = (await connection)[0];
  return { ...server, client, socket };
}

/** As `once` of `node:events`, which itself listens to "error" and would hide what happens without a listener. */
const heard = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => socket.once(event, resolve));

describe("socket", () => {
  it("emits events, with every kind of argument", async () => {
    const { client, socket } = await joined();
    socket.emit("e", 1, "zwölf", null, { a: [true] });
    expect(await client.next()).to.equal('42["e",1,"zwölf",null,{"a":[true]}]');
    socket.emit("bytes", { of: Buffer.of(1, 2) });
    expect(await client.next()).to.equal('451-["bytes",{"of":{"_placeholder":true,"num":0}}]');
    expect(await client.next()).to.deep.equal(Buffer.of(1, 2));
  });

  it("hears events, with bytes in them", async () => {
    const { client, socket } = await joined();
    const heard = once(socket, "up");
    client.send('451-["up",{"of":{"_placeholder":true,"num":0}},2]', Buffer.of(9));
    expect(await heard).to.deep.equal([{ of: Buffer.of(9) }, 2]);
  });

  it("acknowledges once", async () => {
    const { client, socket } = await joined();
    socket.on("ask", (reply) => {
      reply("a", Buffer.of(1));
      reply("b");
      socket.emit("after");
    });
    client.send('420["ask"]');
    expect(await client.next()).to.equal('461-0["a",{"_placeholder":true,"num":0}]');
    expect(await client.next()).to.deep.equal(Buffer.of(1));
    expect(await client.next()).to.equal('42["after"]');
  });

  it("gets acknowledgements, each once; ones that nobody waits for do nothing", async () => {
    const { client, socket } = await joined();
    const answers: unknown[][] = [];
    socket.emit("ask", "x", (...answer: unknown[]) => answers.push(answer));
    expect(await client.next()).to.equal('420["ask","x"]');
    client.send('4399["unknown"]', '430["yes",1]', '430["again"]', '42["done"]');
    await once(socket, "done");
    expect(answers).to.deep.equal([["yes", 1]]);
    expect(socket.acks.size).to.equal(0);
  });

  it("resolves emitWithAck, and rejects it when the time is up", async () => {
    const { client, socket } = await joined();
    const answer = socket.emitWithAck("ask");
    await client.next();
    client.send('430["yes"]');
    expect(await answer).to.equal("yes");
    const error = await socket
      .timeout(5)
      .emitWithAck("ask")
      .catch((reason: Error) => reason);
    expect(error).to.have.property("message", "operation has timed out");
    expect(socket.acks.size).to.equal(0);
  });

  for (const name of [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
  ])
    it(`refuses to emit ${name}, which is its own`, async () => {
      const { socket } = await joined();
      expect(() => socket.emit(name)).to.throw(Error, `"${name}" is a reserved event name`);
    });

  it("takes events named like anything, and survives one named error", async () => {
    const { client, socket } = await joined();
    const names: string[] = [];
    for (const name of ["__proto__", "toString", "constructor"]) socket.on(name, () => names.push(name));
    client.send('42["error","boom"]', '42["__proto__"]', '42["toString"]', '42["constructor"]', '42["done"]');
    await heard(socket, "done");
    expect(names).to.deep.equal(["__proto__", "toString", "constructor"]);
  });

  it("runs middlewares on events, and tells `error` of a refusal", async () => {
    const { client, socket } = await joined();
    socket.use(([name], next) => next(name === "bad" ? new Error("refused") : undefined));
    socket.on("bad", () => expect.fail("must not be heard"));
    const error = heard(socket, "error");
    client.send('42["bad"]', '42["good"]');
    const [reason] = await Promise.all([error, heard(socket, "good")]);
    expect(reason).to.have.property("message", "refused");
  });

  it("lets listeners hear everything that comes and goes", async () => {
    const { io, client, socket } = await joined();
    const log: unknown[][] = [];
    socket.onAny((...event) => log.push(["in", ...event]));
    socket.prependAny((...event) => log.push(["first", ...event]));
    socket.onAnyOutgoing((...event) => log.push(["out", ...event]));
    client.send('42["up",1]');
    await once(socket, "up");
    socket.emit("down", 2);
    io.emit("to all", 3);
    expect(log).to.deep.equal([
      ["first", "up", 1],
      ["in", "up", 1],
      ["out", "down", 2],
      ["out", "to all", 3],
    ]);
    expect(socket.offAny().listenersAny()).to.deep.equal([]);
  });

  it("disconnects from its namespace only, or closes the connection", async () => {
    const { io, client, socket } = await joined();
    const reasons: unknown[] = [];
    socket.on("disconnecting", (reason) => reasons.push(reason, socket.rooms.size));
    socket.on("disconnect", (reason) => reasons.push(reason, socket.rooms.size));
    socket.disconnect();
    socket.disconnect();
    expect(await client.next()).to.equal("41");
    expect(reasons).to.deep.equal(["server namespace disconnect", 1, "server namespace disconnect", 0]);
    expect(io.engine.clientsCount).to.equal(1);
    const again = once(io.sockets, "connection");
    client.send("40");
    await client.next();
    (await again)[0].disconnect(true);
    expect(await client.next()).to.equal("41");
    expect(await client.next()).to.equal(undefined);
  });

  it("tells of its disconnect once, whatever its listeners do", async () => {
    const { io, client, socket } = await joined();
    const reasons: unknown[] = [];
    socket.on("disconnecting", () => {
      expect(socket.connected).to.equal(true);
      socket.disconnect();
      socket.disconnect(true);
      io.disconnectSockets(true);
    });
    const disconnected = heard(socket, "disconnect");
    socket.on("disconnect", (reason) => reasons.push(reason));
    client.send("41");
    await disconnected;
    expect(reasons).to.deep.equal(["client namespace disconnect"]);
    expect(socket.connected).to.equal(false);
  });

  for (const [title, leave, reason] of [
    ["leaves the namespace", (client) => client.send("41"), "client namespace disconnect"],
    ["closes the connection", (client) => client.close(), "transport close"],
    ["says goodbye", (client) => client.send("1"), "transport close"],
    ["sends what is no packet", (client) => client.send("x"), "parse error"],
  ] as [string, (client: { send(text: string): void; close(): void }) => void, string][])
    it(`disconnects with "${reason}" when the client ${title}`, async () => {
      const { io, client, socket } = await joined();
      const disconnect = once(socket, "disconnect");
      leave(client);
      expect((await disconnect)[0]).to.equal(reason);
      expect([socket.connected, io.sockets.sockets.size, io.sockets.adapter.rooms.size]).to.deep.equal([
        false,
        0,
        0,
      ]);
    });

  it("passes on what a listener throws as an uncaught exception, and takes the next packet all the same", async () => {
    const { client, socket } = await joined();
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const uncaught = once(process, "uncaughtException");
    try {
      socket.on("boom", () => {
        throw new Error("of the application");
      });
      const next = heard(socket, "next");
      client.send('42["boom"]', '42["next"]');
      expect((await uncaught)[0]).to.have.property("message", "of the application");
      await next;
    } finally {
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
  });
});

describe("broadcast", () => {
  async function crowd() {
    const server = await startServer();
    const sockets: Socket[] = [];
    server.io.on("connection", (socket) => sockets.push(socket));
    const clients = [server.connect(), server.connect(), server.connect(3)];
    for (const client of clients.slice(0, 2)) await client.join();
    await clients[2]?.next();
    await clients[2]?.next();
    sockets.sort((a, b) => a.conn.protocol - b.conn.protocol || 0);
    const bySocket = new Map(sockets.map((socket) => [socket, socket.id]));
    /** Everything up to a marker, so that "not received" is seen, not waited for. */
    const received = async () => {
      server.io.emit("marker");
      return Promise.all(
        clients.map(async (client) => {
          const names: string[] = [];
          for (let text = await client.next(); text !== '42["marker"]'; text = await client.next())
            names.push(String(text));
          return names;
        }),
      );
    };
    return { ...server, clients, sockets, bySocket, received };
  }

  it("reaches everyone, clients of every revision, bytes as each revision writes them", async () => {
    const { io, received } = await crowd();
    io.emit("hi", 1);
    io.emit("bytes", Buffer.of(65));
    const text = ['42["hi",1]', '451-["bytes",{"_placeholder":true,"num":0}]'];
    expect(await received()).to.deep.equal([
      [...text, "A"],
      [...text, "A"],
      [...text, "\u0004A"],
    ]);
  });

  it("reaches rooms, leaves out rooms and the sender", async () => {
    const { io, sockets, received } = await crowd();
    const ids = sockets.map(({ id }) => id);
    const [old, a, b] = sockets as [Socket, Socket, Socket];
    expect(ids).to.have.length(3);
    await a.join("r");
    await b.join(["r", "s"]);
    io.to("r").emit("to r");
    io.to("r").except("s").emit("r not s");
    io.except("r").emit("not r");
    a.to("r").emit("r but me");
    a.broadcast.emit("all but me");
    a.to(old.id).emit("private");
    await b.leave("s");
    io.in("s").emit("nobody");
    expect(await received()).to.deep.equal([
      ['42["to r"]', '42["r not s"]'],
      ['42["to r"]', '42["r but me"]', '42["all but me"]'],
      ['42["not r"]', '42["all but me"]', '42["private"]'],
    ]);
  });

  it("gathers acknowledgements", async () => {
    const { io, clients } = await crowd();
    const answers = io.timeout(1000).emitWithAck("ask");
    for (const [index, client] of clients.entries()) {
      expect(await client.next()).to.equal('420["ask"]');
      client.send(`430[${index}]`);
    }
    expect(((await answers) as number[]).sort()).to.deep.equal([0, 1, 2]);
  });

  it("says who did not answer in time, with the answers of those who did", async () => {
    const { io, clients } = await crowd();
    const failed = io
      .timeout(50)
      .emitWithAck("ask")
      .catch((error: unknown) => error);
    await clients[0]?.next();
    clients[0]?.send('430["me"]');
    expect(await failed)
      .to.include({ message: "operation has timed out" })
      .and.deep.include({ responses: ["me"] });
  });

  it("moves and disconnects sockets, and lists them", async () => {
    const { io, sockets } = await crowd();
    io.socketsJoin("r");
    expect(await io.in("r").allSockets()).to.have.property("size", 3);
    io.in(sockets[0]?.id ?? "").socketsLeave("r");
    expect((await io.in("r").fetchSockets()).map(({ id }) => id)).to.have.members(
      sockets.slice(1).map(({ id }) => id),
    );
    io.in("r").disconnectSockets();
    expect(sockets.map(({ connected }) => connected)).to.deep.equal([true, false, false]);
  });
});
