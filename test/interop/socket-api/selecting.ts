import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { adapterOf, type IoServer, type Namespace, type RemoteSocket } from "./peers.ts";
import type { Rig } from "./rig.ts";

/** An adapter that hands sockets over as one of a cluster does: by what is known of them. */
function remoteAdapter(rig: Rig): unknown {
  type Base = new (nsp: Namespace) => { fetchSockets(options: unknown): Promise<RemoteSocket[]> };
  return class extends (adapterOf(rig.io) as Base) {
    override async fetchSockets(options: unknown) {
      const found = await super.fetchSockets(options);
      return found.map(({ id, handshake, rooms, data }) => ({
        id,
        handshake,
        rooms: [...rooms],
        data,
      })) as unknown as RemoteSocket[];
    }
  };
}

async function remote(rig: Rig) {
  rig.io.adapter(remoteAdapter(rig));
  const { wire, socket } = await rig.join();
  socket.data.user = "ada";
  const [found] = await rig.io.fetchSockets();
  return { wire, socket, found: found ?? expect.fail("no socket") };
}

const EMITTERS: readonly (readonly [name: string, from: (io: IoServer) => IoServer | Namespace])[] = [
  ["io", (io) => io],
  ["namespace", (io) => io.of("/")],
];

export const SELECTING: readonly Behaviour[] = [
  ...EMITTERS.flatMap(([name, from]) => [
    {
      title: `${name}: fetchSockets gives the sockets themselves, all or those chosen`,
      async run(rig: Rig) {
        const { socket: one } = await rig.join();
        const { socket: two } = await rig.join();
        await rig.join("/other");
        two.join("1");
        expect(await from(rig.io).fetchSockets()).to.deep.equal([one, two]);
        expect(await from(rig.io).in("1").fetchSockets()).to.deep.equal([two]);
        expect(await from(rig.io).except("1").fetchSockets()).to.deep.equal([one]);
        expect(await from(rig.io).local.fetchSockets()).to.deep.equal([one, two]);
        expect(await from(rig.io).in("2").fetchSockets()).to.deep.equal([]);
      },
    },
    {
      title: `${name}: allSockets gives ids`,
      async run(rig: Rig) {
        const { socket: one } = await rig.join();
        const { socket: two } = await rig.join();
        two.join("1");
        expect(await from(rig.io).allSockets()).to.deep.equal(new Set([one.id, two.id]));
        expect(await from(rig.io).in("1").allSockets()).to.deep.equal(new Set([two.id]));
        expect(await from(rig.io).in("2").allSockets()).to.deep.equal(new Set());
      },
    },
    {
      title: `${name}: socketsJoin and socketsLeave take one room or several, and return nothing`,
      async run(rig: Rig) {
        const { socket: one } = await rig.join();
        const { socket: two } = await rig.join();
        const emitter = from(rig.io);
        expect(emitter.socketsJoin("1")).to.equal(undefined);
        expect(emitter.in(two.id).socketsJoin(["2", "3"])).to.equal(undefined);
        expect([...one.rooms]).to.deep.equal([one.id, "1"]);
        expect([...two.rooms]).to.deep.equal([two.id, "1", "2", "3"]);
        expect(emitter.in("2").socketsLeave(["1", "3"])).to.equal(undefined);
        expect(emitter.except("2").socketsLeave("1")).to.equal(undefined);
        expect([...one.rooms]).to.deep.equal([one.id]);
        expect([...two.rooms]).to.deep.equal([two.id, "2"]);
      },
    },
    {
      title: `${name}: disconnectSockets takes the sockets out of the namespace and leaves their connections`,
      async run(rig: Rig) {
        const { wire, socket: one } = await rig.join();
        const { socket: two } = await rig.join();
        const { socket: inOther } = await rig.join("/other", undefined, wire);
        const reason = next(one, "disconnect");
        expect(from(rig.io).in(one.id).disconnectSockets()).to.equal(undefined);
        expect((await reason)[0]).to.equal("server namespace disconnect");
        expect(await wire.next()).to.equal("1");
        expect([one.connected, two.connected, inOther.connected]).to.deep.equal([false, true, true]);
      },
    },
    {
      title: `${name}: disconnectSockets with true ends their connections`,
      async run(rig: Rig) {
        const { wire, socket: one } = await rig.join();
        const { socket: inOther } = await rig.join("/other", undefined, wire);
        const reasons: unknown[] = [];
        for (const socket of [one, inOther])
          socket.on("disconnect", (reason: unknown) => reasons.push(reason));
        from(rig.io).disconnectSockets(true);
        await wire.upTo("closed");
        expect(reasons).to.deep.equal(["server namespace disconnect", "server namespace disconnect"]);
      },
    },
  ]),
  {
    title: "a socket's own selections leave the socket out",
    async run(rig) {
      const { socket: one } = await rig.join();
      const { socket: two } = await rig.join();
      expect(await one.broadcast.fetchSockets()).to.deep.equal([two]);
      one.broadcast.socketsJoin("1");
      expect([...one.rooms, ...two.rooms]).to.deep.equal([one.id, two.id, "1"]);
      one.to("1").disconnectSockets();
      expect([one.connected, two.connected]).to.deep.equal([true, false]);
    },
  },
  {
    title: "a remote socket has id, handshake, rooms and data, and is of a class of its own",
    async run(rig) {
      const { socket, found } = await remote(rig);
      expect(found.constructor.name).to.equal("RemoteSocket");
      expect(found.id).to.equal(socket.id);
      expect(found.handshake).to.equal(socket.handshake);
      expect(found.rooms).to.deep.equal(new Set([socket.id]));
      expect(found.data).to.deep.equal({ user: "ada" });
    },
  },
  {
    title: "a remote socket emits, joins, leaves and disconnects",
    async run(rig) {
      const { wire, socket, found } = await remote(rig);
      expect(found.emit("x", 1)).to.equal(true);
      expect(await wire.next()).to.equal('2["x",1]');
      found.join(["1", "2"]);
      found.leave("1");
      expect([...socket.rooms]).to.deep.equal([socket.id, "2"]);
      expect(found.disconnect()).to.equal(found);
      expect(await wire.next()).to.equal("1");
      expect(socket.connected).to.equal(false);
    },
  },
  {
    title: "a remote socket ends the connection by disconnect(true)",
    async run(rig) {
      const { wire, found } = await remote(rig);
      found.disconnect(true);
      await wire.upTo("closed");
    },
  },
  {
    title: "a remote socket gives one answer and not a list of them",
    async run(rig) {
      const { wire, found } = await remote(rig);
      const called = new Promise((resolve) =>
        found.timeout(1000).emit("x", (...args: unknown[]) => resolve(args)),
      );
      expect(await wire.next()).to.equal('20["x"]');
      wire.send('30["answer"]');
      expect(await called).to.deep.equal([null, "answer"]);
      const promised = found.timeout(1000).emitWithAck("y");
      expect(await wire.next()).to.equal('21["y"]');
      wire.send('31["again"]');
      expect(await promised).to.equal("again");
    },
  },
  {
    title: "a remote socket tells by an error that no answer came",
    async run(rig) {
      const { found } = await remote(rig);
      const failure = await found
        .timeout(5)
        .emitWithAck("x")
        .catch((error: unknown) => error);
      expect(failure).to.be.an.instanceof(Error).with.property("message", "operation has timed out");
    },
  },
];

const SILENT = "this adapter does not support";

/** What goes to the console meanwhile. */
async function warnings(act: () => unknown): Promise<string[]> {
  const { warn } = console;
  const heard: string[] = [];
  console.warn = (text: string) => heard.push(text);
  try {
    await act();
  } finally {
    console.warn = warn;
  }
  return heard;
}

/** What other servers of a cluster emit. */
interface ServerSide {
  _onServerSideEmit(args: readonly unknown[]): void;
}

export const SERVER_SIDE: readonly Behaviour[] = [
  {
    title: "serverSideEmit with the adapter in memory warns and reaches nobody",
    async run({ io }) {
      const heard: unknown[] = [];
      io.on("x", () => heard.push("x"));
      let returned: unknown;
      const warned = await warnings(() => {
        returned = [io.serverSideEmit("x", 1), io.of("/a").serverSideEmit("x")];
      });
      expect(returned).to.deep.equal([true, true]);
      expect(warned).to.have.length(2);
      expect(warned[0]).to.include(SILENT);
      expect(heard).to.deep.equal([]);
    },
  },
  ...["connect", "connection", "new_namespace"].map(
    (name): Behaviour => ({
      title: `serverSideEmit refuses the reserved name ${name}`,
      async run({ io }) {
        for (const from of [io, io.of("/a")])
          expect(() => from.serverSideEmit(name)).to.throw(`"${name}" is a reserved event name`);
      },
    }),
  ),
  {
    title: "serverSideEmit hands event and arguments to the adapter, the callback among them",
    async run({ io }) {
      const given: unknown[][] = [];
      class Mine extends adapterOf(io) {
        serverSideEmit(args: unknown[]) {
          given.push(args);
          const callback = args.at(-1);
          if (typeof callback === "function") callback(null, ["answer"]);
        }
      }
      io.adapter(Mine);
      const callback = () => {};
      io.serverSideEmit("x", 1, callback);
      io.of("/a").serverSideEmit("y");
      expect(given).to.deep.equal([["x", 1, callback], ["y"]]);
      expect(await io.serverSideEmitWithAck("z", 2)).to.deep.equal(["answer"]);
      expect(given[2]?.slice(0, 2)).to.deep.equal(["z", 2]);
    },
  },
  {
    title: "serverSideEmitWithAck rejects when servers did not answer, with those that did",
    async run({ io }) {
      class Mine extends adapterOf(io) {
        serverSideEmit(args: unknown[]) {
          (args.at(-1) as (error: Error, answers: unknown[]) => void)(new Error("late"), ["one"]);
        }
      }
      io.adapter(Mine);
      const failure = await io.serverSideEmitWithAck("x").catch((error: unknown) => error);
      expect(failure).to.deep.include({ message: "late", responses: ["one"] });
    },
  },
  {
    title: "gives what another server emits to the listeners of the namespace, and of io for the main one",
    async run({ io }) {
      const heard: unknown[] = [];
      io.on("x", (...args: unknown[]) => heard.push(["io", ...args]));
      io.of("/a").on("x", (...args: unknown[]) => heard.push(["/a", ...args]));
      (io.sockets as unknown as ServerSide)._onServerSideEmit(["x", 1]);
      (io.of("/a") as unknown as ServerSide)._onServerSideEmit(["x", 2]);
      expect(heard).to.deep.equal([
        ["io", 1],
        ["/a", 2],
      ]);
    },
  },
];
