import { once } from "node:events";
import { Namespace, type ParentNspNameMatchFn, Server, type Socket } from "@towline/socket.io";
import { expect } from "chai";
import { fakeTimeouts } from "./fake-timeouts.ts";
import { cleanUp, type RawClient, startServer } from "./raw-client.ts";
import { drop, keptBy, startRecovery, tick } from "./recovery-client.ts";

afterEach(cleanUp);

type Answer = Parameters<ParentNspNameMatchFn>[2];

/** A connection that has read its handshake. */
async function opened(connect: () => RawClient): Promise<RawClient> {
  const client = connect();
  await client.next();
  return client;
}

/** Asks for a namespace and gives the answer. */
async function enter(client: RawClient, nsp: string, auth?: object): Promise<string> {
  client.send(`40${nsp},${auth === undefined ? "" : JSON.stringify(auth)}`);
  return String(await client.next());
}

const namesOf = (io: Server): string[] => [...io._nsps.keys()];

describe("dynamic namespace", () => {
  it("is made when the first client asks, with the middlewares and listeners of its parent", async () => {
    const { io, connect } = await startServer();
    const log: string[] = [];
    const parent = io.of(/^\/room-\d+$/, (socket) => log.push(`as given to of: ${socket.nsp.name}`));
    parent.use((socket, next) => {
      log.push(`middleware: ${socket.nsp.name}`);
      next();
    });
    parent.on("connection", (socket) => log.push(`connection: ${socket.nsp.name}`));
    io.on("new_namespace", (nsp) => log.push(`new: ${nsp.name}`));
    const client = await opened(connect);
    expect(await enter(client, "/room-7")).to.match(/^40\/room-7,\{"sid":"[\w-]{20}"\}$/);
    expect(log).to.deep.equal([
      "new: /room-7",
      "middleware: /room-7",
      "as given to of: /room-7",
      "connection: /room-7",
    ]);
    expect(await enter(client, "/room-x")).to.equal('44/room-x,{"message":"Invalid namespace"}');
    expect(namesOf(io)).to.deep.equal(["/", "/room-7"]);
  });

  it("is made once, however many join at a time, whenever the pattern answers", async () => {
    const { io, connect } = await startServer();
    const made: string[] = [];
    const answers: Answer[] = [];
    io.on("new_namespace", ({ name }) => made.push(name));
    const parent = io.of((_name, _auth, answer) => void answers.push(answer));
    const sockets: Socket[] = [];
    parent.on("connection", (socket) => sockets.push(socket));
    const clients = await Promise.all(Array.from({ length: 10 }, () => opened(connect)));
    for (const client of clients) client.send("40/one,");
    while (answers.length < 10) await tick();
    for (const answer of answers.reverse()) answer(null, true);
    for (const client of clients) expect(await client.next()).to.match(/^40\/one,\{"sid"/);
    expect(made).to.deep.equal(["/one"]);
    expect(new Set(sockets.map(({ nsp }) => nsp))).to.deep.equal(new Set([io.of("/one")]));
    expect(io.of("/one").sockets.size).to.equal(10);
  });

  it("is found by of() under its name, and made by it when a regular expression matches", async () => {
    const { io, connect } = await startServer();
    const names: string[] = [];
    io.of(/^\/a-/).on("connection", ({ nsp }) => names.push(nsp.name));
    const early = io.of("/a-early");
    const client = await opened(connect);
    await enter(client, "/a-early");
    await enter(client, "/a-late");
    expect(names).to.deep.equal(["/a-early", "/a-late"]);
    expect(io.of("a-early")).to.equal(early);
    expect([...io.of("/a-late").sockets.values()]).to.have.length(1);
  });

  it("belongs to the first pattern that lets it pass, in the order of their adding", async () => {
    const { io, connect } = await startServer();
    const log: string[] = [];
    io.of((name, _auth, answer) => {
      log.push(`asked ${name}`);
      setImmediate(() => answer(null, name === "/x-1"));
    }).on("connection", ({ nsp }) => log.push(`function ${nsp.name}`));
    io.of(/^\/x-\d$/).on("connection", ({ nsp }) => log.push(`digits ${nsp.name}`));
    io.of(/^\/x-/).on("connection", ({ nsp }) => log.push(`any ${nsp.name}`));
    io.of("/x-named").on("connection", ({ nsp }) => log.push(`named ${nsp.name}`));
    const client = await opened(connect);
    for (const name of ["/x-1", "/x-2", "/x-abc", "/x-named", "/x-1"].slice(0, 4)) await enter(client, name);
    expect(log).to.deep.equal([
      "asked /x-1",
      "function /x-1",
      "asked /x-2",
      "digits /x-2",
      "asked /x-abc",
      "any /x-abc",
      "any /x-named",
      "named /x-named",
    ]);
  });

  it("tells a function the name, what the client sent, and nothing of what is there already", async () => {
    const { io, connect } = await startServer();
    const asked: unknown[] = [];
    io.of((name, auth, answer) => {
      asked.push([name, auth]);
      answer(null, true);
    });
    await enter(await opened(connect), "/f", { token: "x" });
    await enter(await opened(connect), "/f", { token: "y" });
    await enter(await opened(connect), "/__proto__");
    expect(asked).to.deep.equal([
      ["/f", { token: "x" }],
      ["/__proto__", {}],
    ]);
    expect(namesOf(io)).to.deep.equal(["/", "/f", "/__proto__"]);
  });

  for (const [title, test] of [
    ["says no", (_name, _auth, answer) => answer(null, false)],
    ["has an error", (_name, _auth, answer) => answer(new Error("no"), true)],
    ["says no later", (_name, _auth, answer) => setImmediate(() => answer(null, false))],
    ["says no and then yes", (_name, _auth, answer) => [answer(null, false), answer(null, true)]],
  ] as [string, ParentNspNameMatchFn][])
    it(`is refused when the function ${title}`, async () => {
      const { io, connect } = await startServer();
      io.of(test);
      const client = await opened(connect);
      expect(await enter(client, "/f")).to.equal('44/f,{"message":"Invalid namespace"}');
      expect(await enter(client, "/f")).to.equal('44/f,{"message":"Invalid namespace"}');
      expect(namesOf(io)).to.deep.equal(["/"]);
    });

  it("is joined once when the function answers twice", async () => {
    const { io, connect } = await startServer();
    io.of((_name, _auth, answer) => {
      answer(null, true);
      answer(null, true);
      setImmediate(() => answer(null, false));
    });
    const client = await opened(connect);
    expect(await enter(client, "/f")).to.match(/^40\/f,/);
    io.of("/f").on("connection", () => expect.fail("must not be let in twice"));
    await tick();
    await tick();
    expect(await enter(client, "/g")).to.match(/^40\/g,/);
    expect(io.of("/f").sockets.size).to.equal(1);
  });

  for (const [title, fail] of [
    ["throws", () => expect.fail("of the application")],
    ["rejects", () => Promise.reject(new Error("of the application"))],
  ] as [string, () => never][])
    it(`goes to the next pattern when a function ${title}, which is reported`, async () => {
      const { io, connect } = await startServer();
      const errors: unknown[] = [];
      io.on("handler_error", (error, { namespace, socket, event }) =>
        errors.push([(error as Error).message, namespace.name, socket, event]),
      );
      io.of(fail);
      io.of(/^\/f$/);
      const client = await opened(connect);
      expect(await enter(client, "/f")).to.match(/^40\/f,/);
      expect(await enter(client, "/g")).to.equal('44/g,{"message":"Invalid namespace"}');
      expect(errors).to.deep.equal(Array(2).fill(["of the application", "/", undefined, "namespace"]));
    });

  it("lets the client leave, and ask again, while a function takes its time", async () => {
    const { io, connect } = await startServer();
    const answers: Answer[] = [];
    io.of((_name, _auth, answer) => void answers.push(answer));
    const client = await opened(connect);
    client.send("40/f,", "41/f,", "40/f,");
    while (answers.length < 2) await tick();
    answers[0]?.(null, false);
    answers[1]?.(null, true);
    expect(await client.next()).to.match(/^40\/f,\{"sid"/);
    expect(io.of("/f").sockets.size).to.equal(1);
  });

  it("closes the connection that speaks before it is let in", async () => {
    const { io, connect } = await startServer();
    io.of(() => {});
    const client = await opened(connect);
    client.send("40/f,", '42/f,["x"]');
    expect(await client.next()).to.equal(undefined);
  });

  it("answers once to who asks twice at a time", async () => {
    const { io, connect } = await startServer();
    let isAsked = 0;
    io.of((_name, _auth, next) => {
      isAsked++;
      setImmediate(next, null, true);
    });
    io.on("connection", (socket) => socket.on("sync", (reply) => reply()));
    const client = await opened(connect);
    client.send("40", "40/f,", "40/f,", '420["sync"]');
    const received = [await client.next(), await client.next(), await client.next()].map((text) =>
      String(text).replace(/\{.*/, "{…"),
    );
    expect(received.sort()).to.deep.equal(["40/f,{…", "40{…", "430[]"]);
    expect([isAsked, io.of("/f").sockets.size]).to.deep.equal([1, 1]);
  });

  it("closes in time the connection whose function never answers", async () => {
    const { io, connect } = await startServer({ connectTimeout: 20 });
    io.of(() => {});
    const client = await opened(connect);
    client.send("40/f,");
    expect(await client.next()).to.equal(undefined);
  });

  it("keeps the rest of a connection going while a function never answers", async () => {
    const { io, connect } = await startServer();
    io.of(() => {});
    const client = connect();
    await client.next();
    client.send("40/f,", "40");
    expect(await client.next()).to.match(/^40\{"sid"/);
  });

  for (const test of [/^\/x/g, /^\/x/y, /^\/x/gi])
    it(`refuses the pattern ${test}, which would match every other time`, () => {
      expect(() => new Server().of(test)).to.throw(TypeError, `must not have the flag g or y, got ${test}`);
    });

  for (const [title, test] of [
    ["a number", 7],
    ["nothing", undefined],
    ["an object", {}],
  ] as const)
    it(`refuses ${title} for a name`, () => {
      expect(() => new Server().of(test as never)).to.throw(TypeError, "a string, a RegExp or a function");
    });

  it("hears what its parent emits, joins and leaves rooms and disconnects with all of them", async () => {
    const { io, connect } = await startServer();
    const parent = io.of(/^\/c\d$/);
    const client = await opened(connect);
    for (const name of ["/c1", "/c2"]) await enter(client, name);
    parent.emit("all", 1);
    parent.socketsJoin("r");
    io.of("/c2").socketsLeave("r");
    parent.to("r").emit("room", 2);
    parent.except("r").emit("not room", 3);
    parent.in("r").socketsLeave("r");
    parent.to("r").emit("nobody");
    parent.volatile.emit("volatile", 4);
    parent.disconnectSockets();
    const texts: unknown[] = [];
    while (texts.length < 8) texts.push(await client.next());
    expect(texts).to.deep.equal([
      '42/c1,["all",1]',
      '42/c2,["all",1]',
      '42/c1,["room",2]',
      '42/c2,["not room",3]',
      '42/c1,["volatile",4]',
      '42/c2,["volatile",4]',
      "41/c1,",
      "41/c2,",
    ]);
    expect(parent).to.be.instanceOf(Namespace);
    const refusal = await parent.fetchSockets().catch((error: Error) => error);
    expect(refusal).to.be.an("error").with.property("message").that.includes("not supported on parent");
  });
});

describe("clean-up of empty namespaces", () => {
  const cleanup = { cleanupEmptyChildNamespaces: true };

  async function left(io: Server, nsp: string, leave: () => void): Promise<void> {
    const [socket] = [...io.of(nsp).sockets.values()];
    const gone = once(socket as Socket, "disconnect");
    leave();
    await gone;
  }

  it("removes a child whose last socket has left, and makes it anew", async () => {
    const { io, connect } = await startServer(cleanup);
    const made: Namespace[] = [];
    io.on("new_namespace", (nsp) => made.push(nsp));
    const parent = io.of(/^\/c$/);
    const client = await opened(connect);
    await enter(client, "/c");
    let isClosed = false;
    io.of("/c").adapter.close = () => {
      isClosed = true;
    };
    await left(io, "/c", () => client.send("41/c,"));
    expect([namesOf(io), isClosed]).to.deep.equal([["/"], true]);
    expect(await enter(client, "/c")).to.match(/^40\/c,/);
    expect(made).to.have.length(2);
    expect(made[0]).not.to.equal(made[1]);
    parent.emit("hi");
    expect(await client.next()).to.equal('42/c,["hi"]');
  });

  it("leaves it to the application where it is not asked for, and what was named by it", async () => {
    const { io, connect } = await startServer();
    io.of(/^\/c$/);
    const client = await opened(connect);
    await enter(client, "/c");
    await left(io, "/c", () => client.send("41/c,"));
    expect(namesOf(io)).to.deep.equal(["/", "/c"]);

    const tidy = await startServer(cleanup);
    tidy.io.of("/static");
    const other = await opened(tidy.connect);
    await enter(other, "/static");
    await left(tidy.io, "/static", () => other.send("41/static,"));
    expect(namesOf(tidy.io)).to.deep.equal(["/", "/static"]);
  });

  it("keeps it while a middleware looks at somebody who wants to come in", async () => {
    const { io, connect } = await startServer(cleanup);
    const pending: (() => void)[] = [];
    let isSlow = false;
    io.of(/^\/c$/).use((_socket, next) => (isSlow ? void pending.push(next) : next()));
    const [first, second] = [await opened(connect), await opened(connect)];
    await enter(first, "/c");
    const nsp = io.of("/c");
    isSlow = true;
    second.send("40/c,");
    while (pending.length === 0) await tick();
    await left(io, "/c", () => first.send("41/c,"));
    expect(io._nsps.get("/c")).to.equal(nsp);
    pending[0]?.();
    expect(await second.next()).to.match(/^40\/c,/);
    expect([...nsp.sockets.values()]).to.have.length(1);
    await left(io, "/c", () => second.close());
    expect(namesOf(io)).to.deep.equal(["/"]);
  });

  it("removes it when everybody was refused, or has gone before being let in", async () => {
    const { io, connect } = await startServer(cleanup);
    const pending: ((error?: Error) => void)[] = [];
    io.of(/^\/c$/).use((_socket, next) => void pending.push(next));
    const clients = [await opened(connect), await opened(connect), await opened(connect)];
    for (const client of clients) client.send("40/c,");
    while (pending.length < 3) await tick();
    pending[0]?.(new Error("no entry"));
    clients[1]?.close();
    clients[2]?.send("41/c,");
    while (namesOf(io).length > 1) await tick();
    expect(namesOf(io)).to.deep.equal(["/"]);
    for (const next of pending) next();
    expect(namesOf(io)).to.deep.equal(["/"]);
  });

  for (const [title, leave] of [
    ["has closed its connection", (client) => client.close()],
    ["has left", (client) => client.send("41/late,")],
  ] as [string, (client: RawClient) => void][])
    it(`leaves nothing of a name whose only client ${title} before the function answered`, async () => {
      const { io, connect } = await startServer(cleanup);
      let answer: Answer | undefined;
      io.of((_name, _auth, given) => {
        answer = given;
      });
      io.of("/sync").on("connection", () => {});
      const client = await opened(connect);
      client.send("40/late,");
      while (answer === undefined) await tick();
      leave(client);
      // The leave is heard before what follows it, or with the end of the connection.
      client.send("40/sync,");
      while (io.engine.clientsCount > 0 && io.of("/sync").sockets.size === 0) await tick();
      answer(null, true);
      expect(namesOf(io)).to.deep.equal(["/", "/sync"]);
    });

  it("removes a child once, whoever joins while the last one leaves", async () => {
    const { io, connect } = await startServer(cleanup);
    io.of(/^\/c$/).on("connection", (socket) => {
      expect(io._nsps.get("/c")).to.equal(socket.nsp);
      socket.on("disconnect", () => expect(io._nsps.has("/c")).to.equal(socket.nsp.sockets.size > 0));
    });
    const clients = await Promise.all(Array.from({ length: 8 }, () => opened(connect)));
    for (let round = 0; round < 30; round++) {
      for (const [index, client] of clients.entries()) {
        client.send("40/c,");
        if (index % 2 === 0) client.send("41/c,");
      }
      for (const [index, client] of clients.entries()) {
        expect(await client.next()).to.match(/^40\/c,/);
        if (index % 2 === 1) client.send("41/c,");
      }
    }
    while (namesOf(io).length > 1) await tick();
    expect(io.engine.clientsCount).to.equal(8);
  });

  describe("where sessions are kept", () => {
    let timeouts: ReturnType<typeof fakeTimeouts>;
    beforeEach(() => {
      timeouts = fakeTimeouts();
    });
    afterEach(() => timeouts.restore());

    it("keeps it for as long as the last one who left may come back", async () => {
      const { io, join } = await startRecovery(
        { maxDisconnectionDuration: 1000 },
        { ...cleanup, adapter: keptBy(timeouts.clock) },
      );
      io.of(/^\/c$/);
      const first = await join(undefined, "/c");
      await drop(first);
      timeouts.clock.advance(700);
      const second = await join(undefined, "/c");
      await drop(second);
      timeouts.clock.advance(700);
      expect(namesOf(io)).to.deep.equal(["/", "/c"]);
      const back = await join({ pid: second.pid }, "/c");
      expect(back.sid).to.equal(second.sid);
      timeouts.clock.advance(1500);
      expect(namesOf(io)).to.deep.equal(["/", "/c"]);
      await drop(back);
      timeouts.clock.advance(1001);
      expect(namesOf(io)).to.deep.equal(["/"]);
    });
  });
});
