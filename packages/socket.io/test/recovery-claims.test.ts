import { once } from "node:events";
import type { Namespace, Socket } from "@towline/socket.io";
import { type Session, SessionAwareAdapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { cleanUp } from "./raw-client.ts";
import {
  type Claim,
  drop,
  type Member,
  offsetOf,
  startRecovery,
  tick,
  withoutOffsets,
} from "./recovery-client.ts";

afterEach(cleanUp);

/** A door that lets nobody through until it is opened. */
class Gate {
  readonly #waiting: (() => void)[] = [];
  #isOpen = true;

  get waiting(): number {
    return this.#waiting.length;
  }

  shut(): void {
    this.#isOpen = false;
  }

  open(): void {
    this.#isOpen = true;
    for (const pass of this.#waiting.splice(0)) pass();
  }

  pass(then: () => void): void {
    if (this.#isOpen) then();
    else this.#waiting.push(then);
  }

  async reached(count = 1): Promise<void> {
    while (this.#waiting.length < count) await tick();
  }
}

/** An adapter whose sessions are somewhere else, so that looking them up takes time. */
const behind = (gate: Gate) => (nsp: Namespace) =>
  new (class extends SessionAwareAdapter {
    override async restoreSession(pid: string, offset?: string): Promise<Session> {
      const session = await super.restoreSession(pid, offset);
      await new Promise<void>((resolve) => gate.pass(resolve));
      return session;
    }
  })(nsp);

/** Whether two live sockets ever had one id. */
function watchIds(nsp: { on(event: "connection", listener: (socket: Socket) => void): unknown }) {
  const live = new Map<string, Socket>();
  const doubles: string[] = [];
  nsp.on("connection", (socket) => {
    if (live.get(socket.id)?.connected === true) doubles.push(socket.id);
    live.set(socket.id, socket);
    socket.on("disconnect", () => {
      if (live.get(socket.id) === socket) live.delete(socket.id);
    });
  });
  return doubles;
}

describe("claim of a session", () => {
  it("is served once: who comes second gets a new socket", async () => {
    const { io, join } = await startRecovery();
    const doubles = watchIds(io.sockets);
    const before = await join();
    await before.socket.join("r");
    before.socket.data.secret = 1;
    await drop(before);
    const first = await join({ pid: before.pid });
    await first.socket.disconnect();
    const second = await join({ pid: before.pid });
    expect([first.socket.recovered, second.socket.recovered]).to.deep.equal([true, false]);
    expect(second.sid).not.to.equal(before.sid);
    expect(second.pid).not.to.equal(before.pid);
    expect(second.socket.data).to.deep.equal({});
    expect([...second.socket.rooms]).to.deep.equal([second.sid]);
    expect(doubles).to.deep.equal([]);
  });

  it("closes the connection of a socket that is still there, before it lets the new one in", async () => {
    const { io, join, received } = await startRecovery();
    const log: unknown[] = [];
    io.on("connection", (socket) => {
      log.push(["in", io.sockets.sockets.size]);
      socket.on("disconnect", (reason) => log.push(["out", reason]));
    });
    const before = await join();
    io.emit("seen");
    const offset = offsetOf(await before.client.next());
    io.emit("not seen");
    const after = await join({ pid: before.pid, offset });
    expect(log).to.deep.equal([
      ["in", 1],
      ["out", "forced server close"],
      ["in", 1],
    ]);
    expect(after.sid).to.equal(before.sid);
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["not seen"]']);
    expect(await before.client.next()).to.match(/^42\["not seen"/);
    expect(await before.client.next()).to.equal(undefined);
    expect(io.engine.clientsCount).to.equal(1);
  });

  it("closes with the old connection the sockets of other namespaces, which may come back too", async () => {
    const { io, connect, join, welcome } = await startRecovery();
    io.of("/other");
    const client = connect();
    await client.next();
    client.send("40", "40/other,");
    const before = await welcome(client);
    const other = await welcome(client, "/other");
    const otherLeft = once(other.socket, "disconnect");
    await join({ pid: before.pid });
    expect((await otherLeft)[0]).to.equal("forced server close");
    expect((await join({ pid: other.pid }, "/other")).sid).to.equal(other.sid);
  });

  for (const [title, isThere] of [
    ["has left", false],
    ["is still there", true],
  ] as const)
    it(`goes to one of many that come at once while the socket ${title}`, async () => {
      const { io, ask, join, welcome } = await startRecovery();
      const doubles = watchIds(io.sockets);
      const before = await join();
      if (!isThere) await drop(before);
      const clients = await Promise.all(Array.from({ length: 30 }, () => ask({ pid: before.pid })));
      const ids: string[] = [];
      for (const client of clients) {
        // A later claim may have closed the connection of the one that was let in before.
        const member: Member | undefined = await welcome(client).catch(() => undefined);
        if (member !== undefined) ids.push(member.sid);
      }
      expect(doubles).to.deep.equal([]);
      expect(ids.filter((id) => id === before.sid).length).to.be.greaterThan(0);
      const live = [...io.sockets.sockets.values()];
      expect(live.filter(({ id }) => id === before.sid)).to.have.length(1);
      expect(new Set(live.map(({ id }) => id)).size).to.equal(io.engine.clientsCount);
      expect(live.every(({ connected }) => connected)).to.equal(true);
    });

  it("goes to one of many while their middlewares take their time", async () => {
    const { io, ask, join, welcome } = await startRecovery({ skipMiddlewares: false });
    const doubles = watchIds(io.sockets);
    const before = await join();
    await drop(before);
    const gate = new Gate();
    gate.shut();
    io.use((_socket, next) => gate.pass(next));
    const clients = await Promise.all(Array.from({ length: 10 }, () => ask({ pid: before.pid })));
    await gate.reached(10);
    gate.open();
    const members = await Promise.all(clients.map((client) => welcome(client)));
    expect(members.filter(({ sid }) => sid === before.sid)).to.have.length(1);
    expect(members.filter(({ socket }) => socket.recovered)).to.have.length(1);
    expect(new Set(members.map(({ sid }) => sid)).size).to.equal(10);
    expect(doubles).to.deep.equal([]);
  });

  it("leaves the session to the next when the client has gone before it was found", async () => {
    const gate = new Gate();
    const { io, ask, join, received } = await startRecovery({}, { adapter: behind(gate) });
    const before = await join();
    await drop(before);
    io.emit("one");
    gate.shut();
    (await ask({ pid: before.pid })).close();
    await gate.reached();
    while (io.engine.clientsCount > 0) await tick();
    io.emit("two");
    gate.open();
    await tick();
    io.emit("three");
    const after = await join({ pid: before.pid });
    expect(after.sid).to.equal(before.sid);
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["one"]', '42["two"]', '42["three"]']);
  });

  it("leaves the session to the next when the client has gone while middlewares ran", async () => {
    const { io, ask, join, received } = await startRecovery({ skipMiddlewares: false });
    const before = await join();
    before.socket.data.name = "Ada";
    await before.socket.join("r");
    await drop(before);
    const gate = new Gate();
    gate.shut();
    io.use((_socket, next) => gate.pass(next));
    io.to("r").emit("one");
    const client = await ask({ pid: before.pid });
    await gate.reached();
    client.close();
    while (io.engine.clientsCount > 0) await tick();
    io.to("r").emit("two");
    gate.open();
    const after = await join({ pid: before.pid });
    expect(after.sid).to.equal(before.sid);
    expect(after.socket.data).to.deep.equal({ name: "Ada" });
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["one"]', '42["two"]']);
  });

  it("leaves the session to the next when the client is let in nowhere: it speaks too early", async () => {
    const gate = new Gate();
    const { io, ask, join } = await startRecovery({}, { adapter: behind(gate) });
    const before = await join();
    await drop(before);
    gate.shut();
    const client = await ask({ pid: before.pid });
    await gate.reached();
    client.send('42["x"]');
    expect(await client.next()).to.equal(undefined);
    gate.open();
    await tick();
    expect((await join({ pid: before.pid })).sid).to.equal(before.sid);
    expect(io.engine.clientsCount).to.equal(1);
  });

  it("loses and doubles nothing of what is broadcast until the client is let in", async () => {
    const gate = new Gate();
    const middleware = new Gate();
    const { io, ask, join, welcome, received } = await startRecovery(
      { skipMiddlewares: false },
      { adapter: behind(gate) },
    );
    io.use((_socket, next) => middleware.pass(next));
    const before = await join();
    const other = await join();
    await before.socket.join("r");
    await drop(before);
    io.to("r").emit("while away");
    gate.shut();
    middleware.shut();
    const client = await ask({ pid: before.pid });
    await gate.reached();
    io.emit("while it is looked up");
    gate.open();
    await middleware.reached();
    io.to(before.sid).emit("while middlewares run");
    other.socket.to("r").emit("from another");
    middleware.open();
    io.emit("afterwards");
    const after = await welcome(client);
    io.emit("at last");
    expect(withoutOffsets(await received(after))).to.deep.equal([
      '42["while away"]',
      '42["while it is looked up"]',
      '42["while middlewares run"]',
      '42["from another"]',
      '42["afterwards"]',
      '42["at last"]',
    ]);
  });

  it("keeps the rest of the connection going, and lets the client leave while it is looked up", async () => {
    const gate = new Gate();
    const { io, connect, welcome } = await startRecovery({}, { adapter: behind(gate) });
    io.of("/chat").on("connection", (socket) => socket.on("echo", (value, reply) => reply(value)));
    gate.shut();
    const client = connect();
    await client.next();
    client.send("40/chat,");
    await welcome(client, "/chat");
    client.send('40{"pid":"nothing"}', "41", '42/chat,7["echo","still here"]');
    expect(await client.next()).to.equal('43/chat,7["still here"]');
    gate.open();
    await tick();
    expect(io.sockets.sockets.size).to.equal(0);
  });

  it("keeps the namespace that was made for a pattern, and leaves nothing of it when the client has gone", async () => {
    const gate = new Gate();
    const { io, ask, join, welcome } = await startRecovery(
      {},
      { adapter: behind(gate), cleanupEmptyChildNamespaces: true },
    );
    io.of(/^\/c$/);
    const first = await join(undefined, "/c");
    const nsp = io.of("/c");
    gate.shut();
    const client = await ask({ pid: "nothing" }, "/c");
    await gate.reached();
    const left = once(first.socket, "disconnect");
    first.client.send("41/c,");
    await left;
    expect(io._nsps.get("/c")).to.equal(nsp);
    gate.open();
    expect((await welcome(client, "/c")).socket.nsp).to.equal(nsp);
    client.send("41/c,");
    while (io._nsps.has("/c")) await tick();

    gate.shut();
    const gone = await ask({ pid: "nothing" }, "/c");
    await gate.reached();
    expect(io._nsps.has("/c")).to.equal(true);
    gone.close();
    while (io.engine.clientsCount > 2) await tick();
    gate.open();
    while (io._nsps.has("/c")) await tick();
  });

  describe("with middlewares", () => {
    it("does not ask them unless it is told to", async () => {
      const { io, join } = await startRecovery();
      const before = await join();
      await drop(before);
      io.use((_socket, next) => next(new Error("nobody comes in any more")));
      expect((await join({ pid: before.pid })).sid).to.equal(before.sid);
    });

    it("asks them for a new socket all the same", async () => {
      const { io, ask } = await startRecovery();
      io.use((_socket, next) => next(new Error("no entry")));
      expect(await (await ask({ pid: "unknown" })).next()).to.equal('44{"message":"no entry"}');
    });

    it("asks them when it is told to; they see whose session it is", async () => {
      const { io, join } = await startRecovery({ skipMiddlewares: false });
      const seen: unknown[] = [];
      io.use((socket, next) => {
        seen.push([socket.id, socket.recovered, { ...socket.data }]);
        socket.data.visits = (socket.data.visits ?? 0) + 1;
        next();
      });
      const before = await join();
      await drop(before);
      const after = await join({ pid: before.pid });
      expect(seen).to.deep.equal([
        [before.sid, false, {}],
        [before.sid, true, { visits: 1 }],
      ]);
      expect(after.socket.data).to.deep.equal({ visits: 2 });
    });

    it("is refused by one, and may be made again", async () => {
      const { io, ask, join } = await startRecovery({ skipMiddlewares: false });
      const before = await join();
      await before.socket.join("r");
      await drop(before);
      let isRefused = true;
      io.use((_socket, next) => next(isRefused ? new Error("token has expired") : undefined));
      const client = await ask({ pid: before.pid });
      expect(await client.next()).to.equal('44{"message":"token has expired"}');
      expect([io.sockets.sockets.size, io.sockets.adapter.rooms.size]).to.deep.equal([0, 0]);
      isRefused = false;
      const after = await join({ pid: before.pid });
      expect([after.sid, after.socket.rooms.has("r")]).to.deep.equal([before.sid, true]);
    });
  });
});

describe("forged claim", () => {
  const huge = "x".repeat(100_000);

  for (const pid of ["unknown", "", huge, "__proto__", "constructor", 7, null, true, {}, ["x"]])
    for (const offset of [undefined, "", huge])
      it(`gets a new socket: pid ${JSON.stringify(pid).slice(0, 12)}, offset ${String(offset).slice(0, 9)}`, async () => {
        const { io, join } = await startRecovery();
        const other = await join();
        const claim: Claim = offset === undefined ? { pid } : { pid, offset };
        const { socket, pid: given } = await join(claim);
        expect([socket.recovered, socket.connected]).to.deep.equal([false, true]);
        expect(given).to.match(/^[\w-]{20}$/);
        expect(other.socket.connected).to.equal(true);
        expect(socket.handshake.auth).to.deep.equal(claim);
        expect(io.sockets.sockets.size).to.equal(2);
      });

  for (const [title, forge] of [
    ["empty", () => ""],
    ["huge", () => huge],
    ["of another log", () => "AAAAAAAA.1"],
    ["of the future", (offset) => offset.replace(/\.1$/, ".zzz")],
    ["written otherwise", (offset) => offset.replace(/\.1$/, ".01")],
    ["negative", (offset) => offset.replace(/\.1$/, ".-1")],
    ["with something behind", (offset) => `${offset} `],
    ["a name of Object", () => "__proto__"],
  ] as [string, (offset: string) => string][])
    it(`gets a new socket: an offset that is ${title}`, async () => {
      const { io, join } = await startRecovery();
      const before = await join();
      before.socket.data.secret = 1;
      io.emit("first");
      const offset = offsetOf(await before.client.next());
      expect(offset).to.match(/^[\w-]{8}\.1$/);
      await drop(before);
      const after = await join({ pid: before.pid, offset: forge(offset) });
      expect(after.socket.recovered).to.equal(false);
      expect(after.sid).not.to.equal(before.sid);
      expect(after.socket.data).to.deep.equal({});
    });

  for (const offset of [7, null, true, {}, ["x"]])
    it(`is none, and costs nobody a session: offset ${JSON.stringify(offset)}`, async () => {
      const { join } = await startRecovery();
      const before = await join();
      await drop(before);
      expect((await join({ pid: before.pid, offset })).socket.recovered).to.equal(false);
      expect((await join({ pid: before.pid })).sid).to.equal(before.sid);
    });

  it("takes nothing out of another namespace, and closes nobody there", async () => {
    const { io, join } = await startRecovery();
    io.of("/admin");
    const [gone, there] = [await join(undefined, "/admin"), await join(undefined, "/admin")];
    io.of("/admin").emit("x");
    const offset = offsetOf(await there.client.next());
    await drop(gone);
    for (const { pid } of [gone, there]) {
      expect((await join({ pid })).socket.recovered).to.equal(false);
      expect((await join({ pid, offset })).socket.recovered).to.equal(false);
    }
    expect(there.socket.connected).to.equal(true);
    expect((await join({ pid: gone.pid }, "/admin")).sid).to.equal(gone.sid);
  });

  for (const [title, restoreSession] of [
    ["rejects", () => Promise.reject(new Error("broker is down"))],
    ["throws", () => expect.fail("broker is down")],
    ["finds nothing", () => Promise.resolve(null)],
  ] as [string, () => Promise<never>][])
    it(`gets a new socket when the adapter ${title}`, async () => {
      const { io, join } = await startRecovery();
      const before = await join();
      await drop(before);
      io.sockets.adapter.restoreSession = restoreSession;
      expect((await join({ pid: before.pid })).socket.recovered).to.equal(false);
    });
});
