import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { IoServer, Namespace } from "./peers.ts";
import type { Rig } from "./rig.ts";

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
];
