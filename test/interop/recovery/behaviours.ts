import { expect } from "chai";
import { next } from "../events.ts";
import type { RecoveryOptions, ServerSocket } from "./peers.ts";
import { type Rig, turn } from "./rig.ts";

export interface Behaviour {
  readonly title: string;
  readonly recovery?: RecoveryOptions;
  /** Why the reference does not do so. A reason that does not hold any more fails. */
  readonly referenceDiffers?: string;
  run(rig: Rig): Promise<void>;
}

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
    async run(rig) {
      for (let bytes = 500; bytes < 4000; bytes += 250) {
        const pair = await rig.connect();
        rig.io.emit("event", -1);
        await rig.synced(pair);
        await rig.cut(pair);
        for (let number = 0; number < 20; number++) rig.io.emit("event", number, "x".repeat(100));
        let attempts = 0;
        const connected = next(pair.client, "connect");
        const connection = next(pair.socket.nsp, "connection");
        rig.link.cutAfter(bytes);
        rig.link.onCut(() => attempts++);
        pair.client.connect();
        while (attempts === 0 && !(await settlesIn(20, connected))) await turn();
        rig.link.cutAfter(Number.POSITIVE_INFINITY);
        await connection;
        await reconnected(rig, pair);
        const wanted = pair.client.recovered ? [-1, ...Array(20).keys()] : pair.heard;
        expect(pair.heard, `cut after ${bytes}`).to.deep.equal(wanted);
        pair.client.disconnect();
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

/** Whether a promise is settled within so many turns of the event loop. */
async function settlesIn(turns: number, promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => {
    isSettled = true;
  });
  for (let i = 0; i < turns && !isSettled; i++) await turn();
  return isSettled;
}

/** Has a client come back however often its connection has been cut, and hear everything. */
async function reconnected(rig: Rig, pair: Parameters<Rig["synced"]>[0]): Promise<void> {
  while (!pair.client.connected) {
    pair.client.connect();
    await Promise.race([
      next(pair.client, "connect"),
      next(pair.client.io, "error"),
      next(pair.client.io, "close"),
    ]);
  }
  const socket = rig.io.of("/").sockets.get(String(pair.client.id));
  if (socket === undefined) throw new Error("no such socket");
  pair.socket = socket;
  await rig.synced(pair);
}
