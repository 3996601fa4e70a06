import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import { adapterOf, type Namespace, type RemoteSocket } from "./peers.ts";
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

export const REMOTE_SOCKETS: readonly Behaviour[] = [
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
