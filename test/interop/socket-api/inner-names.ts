import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";

/** What is no part of the API and is reached for all the same, by adapters and tools. */
interface Inner {
  readonly nsp: Socket["nsp"] & { _ids: number; _onServerSideEmit(args: readonly unknown[]): void };
  readonly server: unknown;
  readonly adapter: unknown;
  readonly acks: Pick<Map<number, (...args: unknown[]) => void>, "set" | "get" | "has" | "delete" | "size">;
  readonly client: Socket["client"] & {
    readonly id: string;
    writeToEngine(encoded: readonly (string | Buffer)[], options: object): void;
  };
  notifyOutgoingListeners(packet: { readonly data: readonly unknown[] }): void;
}

const innerOf = (socket: Socket): Inner => socket as unknown as Inner;

export const INNER_NAMES: readonly Behaviour[] = [
  {
    title: "io._nsps maps names to namespaces, _opts is opts",
    async run({ io }) {
      const { _nsps, _opts } = io as unknown as {
        readonly _nsps: Map<string, unknown>;
        readonly _opts: unknown;
      };
      const chat = io.of("/chat");
      expect([..._nsps]).to.deep.equal([
        ["/", io.sockets],
        ["/chat", chat],
      ]);
      expect(_opts).to.equal(io.opts);
    },
  },
  {
    title: "io.encoder writes packets, for an adapter to send them by client.writeToEngine",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      const { encoder } = socket.nsp.server as unknown as {
        readonly encoder: { encode(packet: object): (string | Buffer)[] };
      };
      const encoded = encoder.encode({ type: 2, nsp: "/chat", data: ["x", Buffer.of(1)] });
      expect(encoded).to.deep.equal(['51-/chat,["x",{"_placeholder":true,"num":0}]', Buffer.of(1)]);
      innerOf(socket).client.writeToEngine(encoded, { preEncoded: true, volatile: false });
      expect(await wire.take(2)).to.deep.equal([encoded[0], "01"]);
    },
  },
  {
    title: "nsp._ids is the next acknowledgement's id",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const { nsp } = innerOf(socket);
      expect(nsp._ids).to.equal(0);
      expect(nsp._ids++).to.equal(0);
      socket.emit("x", () => {});
      expect(await wire.next()).to.equal('21["x"]');
      expect(nsp._ids).to.equal(2);
    },
  },
  {
    title: "socket.acks calls what an adapter has put there, once",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const { acks } = innerOf(socket);
      const answered = new Promise((resolve) => acks.set(7, (...args) => resolve(args)));
      expect([acks.has(7), acks.size]).to.deep.equal([true, 1]);
      expect(acks.get(7)).to.be.a("function");
      wire.send("37[1,2]");
      expect(await answered).to.deep.equal([1, 2]);
      expect([acks.has(7), acks.size]).to.deep.equal([false, 0]);
      acks.set(8, () => {});
      expect([acks.delete(8), acks.delete(8), acks.size]).to.deep.equal([true, false, 0]);
    },
  },
  {
    title: "socket.notifyOutgoingListeners tells them of a packet",
    async run(rig) {
      const { socket } = await rig.join();
      const heard: unknown[][] = [];
      socket.onAnyOutgoing((...args) => heard.push(args));
      innerOf(socket).notifyOutgoingListeners({ data: ["x", 1] });
      expect(heard).to.deep.equal([["x", 1]]);
    },
  },
  {
    title: "socket.server and socket.adapter are those of its namespace",
    async run(rig) {
      const { socket } = await rig.join("/chat");
      expect(innerOf(socket).server).to.equal(rig.io);
      expect(innerOf(socket).adapter).to.equal(socket.nsp.adapter);
    },
  },
  {
    title: "takes properties of an application's and of tools on all of its objects",
    async run(rig) {
      const { socket } = await rig.join();
      for (const each of [rig.io, rig.io.engine, socket, socket.nsp, socket.client, socket.conn]) {
        Object.assign(each, { _mine: 1 });
        expect(each).to.have.property("_mine", 1);
      }
    },
  },
];
