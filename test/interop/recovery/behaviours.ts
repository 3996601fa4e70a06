import { expect } from "chai";
import { next } from "../events.ts";
import type { RecoveryOptions, ServerSocket } from "./peers.ts";
import { type Rig, turn } from "./rig.ts";

export interface Behaviour {
  readonly title: string;
  readonly recovery?: RecoveryOptions;
  /** The one transport that it concerns. */
  readonly onlyOn?: string;
  /** Why the reference does not do so. A reason that does not hold any more fails. */
  readonly referenceDiffers?: string;
  /** It does with our client, which makes up for it. */
  readonly holdsWithOurClient?: boolean;
  run(rig: Rig): Promise<void>;
}

/** A client that comes back by itself. */
const RETURNING = {
  reconnection: true,
  reconnectionDelay: 1,
  reconnectionDelayMax: 2,
  randomizationFactor: 0,
  // The official client does not notice by itself when a WebSocket is cut before the session's handshake.
  timeout: 200,
};

export const BEHAVIOURS: readonly Behaviour[] = [
  {
    title: "gives a client its id, rooms, data and what it has missed, in order, and tells both sides",
    async run(rig) {
      const pair = await rig.connect();
      const { client, heard, socket: before } = pair;
      const id = client.id;
      before.data.user = "ada";
      before.join(["r", "s"]);
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      await rig.cut(pair);
      rig.io.emit("event", "to all");
      rig.io.to("r").emit("event", "to r");
      rig.io.to("elsewhere").emit("event", "not for it");
      rig.io.except("s").emit("event", "not for it either");
      before.emit("event", "to it alone");
      rig.io.volatile.emit("event", "may be lost");
      await rig.comeBack(pair);
      await rig.synced(pair);
      expect(heard).to.deep.equal(["seen", "to all", "to r", "to it alone"]);
      expect([client.id, client.recovered, pair.socket.recovered]).to.deep.equal([id, true, true]);
      expect(pair.socket).not.to.equal(before);
      expect(pair.socket.data).to.deep.equal({ user: "ada" });
      expect([...pair.socket.rooms]).to.have.members([String(id), "r", "s"]);
    },
  },
  {
    title: "gives bytes that were missed",
    async run(rig) {
      const pair = await rig.connect();
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      await rig.cut(pair);
      rig.io.emit("event", { deep: Buffer.of(1, 2, 3) });
      await rig.comeBack(pair);
      await rig.synced(pair);
      expect(pair.heard).to.deep.equal(["seen", { deep: Buffer.of(1, 2, 3) }]);
    },
  },
  {
    title: "recovers a client again and again",
    async run(rig) {
      const pair = await rig.connect();
      const id = pair.client.id;
      const wanted: number[] = [];
      for (let round = 0; round < 5; round++) {
        for (const when of ["before", "after"]) {
          wanted.push(wanted.length);
          rig.io.emit("event", wanted.length - 1);
          if (when === "before") {
            await rig.synced(pair);
            await rig.cut(pair);
          }
        }
        await rig.comeBack(pair);
        expect([pair.client.id, pair.client.recovered]).to.deep.equal([id, true]);
      }
      await rig.synced(pair);
      expect(pair.heard).to.deep.equal(wanted);
    },
  },
  {
    title: "recovers a client that has received nothing yet",
    referenceDiffers: "it asks for an offset, which such a client does not have",
    async run(rig) {
      const pair = await rig.connect();
      const id = pair.client.id;
      await rig.cut(pair);
      rig.io.emit("event", "one");
      await rig.comeBack(pair);
      expect([pair.client.recovered, pair.client.id]).to.deep.equal([true, id]);
      await rig.synced(pair);
      expect(pair.heard).to.deep.equal(["one"]);
    },
  },
  {
    title: "gives what was missed once, wherever the recovery itself is cut",
    referenceDiffers:
      "it sends what was missed before the welcome, and the client keeps that for the next time",
    holdsWithOurClient: true,
    onlyOn: "websocket",
    async run(rig) {
      const pair = await rig.connect("/", RETURNING);
      const { id } = pair.client;
      const wanted: number[] = [];
      const emit = () => {
        wanted.push(wanted.length);
        rig.io.emit("event", wanted.length - 1, "x".repeat(100));
      };
      emit();
      await rig.synced(pair);
      // The opening of a connection takes some 500 bytes, each event some 150.
      for (let bytes = 400; bytes < 3600; bytes += 80) {
        const connection = next(rig.io, "connection");
        await rig.cut(pair);
        rig.link.cutAfter(bytes);
        for (let i = 0; i < 20; i++) emit();
        await connection;
        while (pair.client.id !== id || pair.heard.length < wanted.length) {
          if (pair.client.connected) expect(pair.client.id, "not recovered").to.equal(id);
          await turn();
        }
        expect(pair.heard, `cut after ${bytes} bytes`).to.deep.equal(wanted);
        pair.socket = rig.io.of("/").sockets.get(id as string) as ServerSocket;
      }
    },
  },
  {
    title: "never has two live sockets of one id, whoever claims it",
    referenceDiffers: "it gives a session to everyone who asks, and leaves the first one deaf",
    async run(rig) {
      const live = new Set<ServerSocket>();
      const doubles: string[] = [];
      rig.io.on("connection", (socket) => {
        if ([...live].some(({ id }) => id === socket.id)) doubles.push(socket.id);
        live.add(socket);
        socket.once("disconnect", () => live.delete(socket));
      });
      const pair = await rig.connect();
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      const { pid } = pair.socket as unknown as { readonly pid: string };
      const auth = { pid, offset: pair.offset };
      await rig.cut(pair);
      await rig.comeBack(pair);
      const others = [await rig.connect("/", { auth }), await rig.connect("/", { auth })];
      expect(doubles).to.deep.equal([]);
      expect(others).to.have.length(2);
    },
  },
  {
    title: "takes up each of several namespaces on one connection",
    async run(rig) {
      const first = await rig.connect("/a");
      const second = await rig.add(first, "/b");
      const ids = [first.client.id, second.client.id];
      rig.io.of("/a").emit("event", "a");
      rig.io.of("/b").emit("event", "b");
      await Promise.all([rig.synced(first), rig.synced(second)]);
      await rig.cut(first, second);
      rig.io.of("/a").emit("event", "missed in a");
      rig.io.of("/b").emit("event", "missed in b");
      await Promise.all([rig.comeBack(first), rig.comeBack(second)]);
      await Promise.all([rig.synced(first), rig.synced(second)]);
      expect([first.client.id, second.client.id]).to.deep.equal(ids);
      expect([first.heard, second.heard]).to.deep.equal([
        ["a", "missed in a"],
        ["b", "missed in b"],
      ]);
    },
  },
  {
    title: "brings what the client has emitted meanwhile",
    async run(rig) {
      const pair = await rig.connect();
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      await rig.cut(pair);
      const heard: unknown[] = [];
      rig.io.on("connection", (socket) => socket.on("up", (value) => heard.push(value)));
      for (const number of [1, 2, 3]) pair.client.emit("up", number);
      await rig.comeBack(pair);
      await rig.synced(pair);
      expect(heard).to.deep.equal([1, 2, 3]);
    },
  },
  {
    title: "asks middlewares when it is told to",
    recovery: { skipMiddlewares: false },
    async run(rig) {
      const seen: unknown[] = [];
      rig.io.use((socket, admit) => {
        seen.push(socket.recovered);
        admit();
      });
      const pair = await rig.connect();
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      await rig.cut(pair);
      await rig.comeBack(pair);
      expect(seen).to.deep.equal([false, true]);
      expect(pair.client.recovered).to.equal(true);
    },
  },
  {
    title: "begins anew for a client that has left the namespace",
    async run(rig) {
      const pair = await rig.connect();
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      const [id, gone] = [pair.client.id, next(pair.socket, "disconnect")];
      pair.client.disconnect();
      await gone;
      rig.io.emit("event", "not for it");
      await rig.comeBack(pair);
      await rig.synced(pair);
      expect([pair.client.recovered, pair.socket.recovered]).to.deep.equal([false, false]);
      expect(pair.client.id).not.to.equal(id);
      expect(pair.heard).to.deep.equal(["seen"]);
    },
  },
  {
    title: "begins anew for a client that was put out",
    async run(rig) {
      const pair = await rig.connect();
      rig.io.emit("event", "seen");
      await rig.synced(pair);
      const gone = next(pair.client, "disconnect");
      pair.socket.disconnect();
      expect((await gone)[0]).to.equal("io server disconnect");
      await rig.comeBack(pair);
      expect([pair.client.recovered, pair.socket.recovered]).to.deep.equal([false, false]);
    },
  },
];
