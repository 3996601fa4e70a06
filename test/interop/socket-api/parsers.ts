import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";

const msgpack: unknown = createRequire(import.meta.url)("socket.io-msgpack-parser");

const options = { parser: msgpack };

/** As the documentation of the reference shows how to write one. */
const jsonParser = {
  Encoder: class {
    encode({ type, nsp, data, id }: Record<string, unknown>) {
      return [JSON.stringify({ type, nsp, data, id })];
    }
  },
  Decoder: class extends EventEmitter {
    add(chunk: string) {
      this.emit("decoded", JSON.parse(chunk));
    }
    destroy() {}
  },
};

export const PARSERS: readonly Behaviour[] = [
  {
    title: "speaks MessagePack with a client that does: events, bytes, acknowledgements both ways",
    options,
    async run(rig) {
      const { client, socket } = await rig.connect(options);
      socket.on("x", (data: Buffer, answer: (...args: unknown[]) => void) =>
        answer(Buffer.concat([data, data])),
      );
      expect(await client.emitWithAck("x", Buffer.of(1))).to.deep.equal(Buffer.of(1, 1));
      client.on("y", (value, answer) => (answer as (value: unknown) => void)({ value }));
      expect(await socket.timeout(1000).emitWithAck("y", Buffer.of(2))).to.deep.equal({
        value: Buffer.of(2),
      });
    },
  },
  {
    title: "broadcasts in MessagePack, with answers, and in other namespaces",
    options,
    async run(rig) {
      const { client } = await rig.connect(options, "/chat");
      const heard = next(client, "x");
      rig.io.of("/chat").emit("x", { deep: [1, Buffer.of(3)] });
      expect(await heard).to.deep.equal([{ deep: [1, Buffer.of(3)] }]);
      client.on("y", (answer) => (answer as (value: string) => void)("yes"));
      expect(await rig.io.of("/chat").timeout(1000).emitWithAck("y")).to.deep.equal(["yes"]);
    },
  },
  {
    title: "speaks MessagePack by polling",
    options,
    async run(rig) {
      const { client, socket } = await rig.connect({ ...options, transports: ["polling"] });
      const heard = next(client, "x");
      rig.io.emit("x", Buffer.of(1));
      expect(await heard).to.deep.equal([Buffer.of(1)]);
      const gone = next(socket, "disconnect");
      client.disconnect();
      await gone;
    },
  },
  {
    title: "refuses in MessagePack",
    options,
    async run(rig) {
      rig.io.use((_socket, go) => go(Object.assign(new Error("no entry"), { data: { code: 7 } })));
      const [error] = await next(rig.client(options), "connect_error");
      expect(error).to.deep.include({ message: "no entry", data: { code: 7 } });
    },
  },
  {
    title: "tells of disconnects in MessagePack",
    options,
    async run(rig) {
      const { client, socket } = await rig.connect(options);
      const gone = next(client, "disconnect");
      socket.disconnect();
      expect((await gone)[0]).to.equal("io server disconnect");
    },
  },
  {
    title: "ends the connection of a client that speaks another language",
    options,
    async run(rig) {
      const wire = await rig.open();
      wire.send("0");
      expect(await wire.next()).to.equal("closed");
    },
  },
  {
    title: "speaks a language of an application's own, and ends connections that do not",
    options: { parser: jsonParser },
    async run(rig) {
      const wire = await rig.open();
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      wire.send('{"type":0,"nsp":"/","data":{"token":"x"}}');
      const connect = JSON.parse(await wire.next()) as { readonly type: number };
      const [socket] = await connected;
      expect(connect).to.deep.equal({ type: 0, nsp: "/", data: { sid: socket.id } });
      expect(socket.handshake.auth).to.deep.equal({ token: "x" });
      wire.send('{"type":2,"nsp":"/","data":["x",1],"id":7}');
      const [value, answer] = (await next(socket, "x")) as [number, (value: number) => void];
      answer(value + 1);
      socket.emit("y", { a: 1 });
      rig.io.emit("z");
      expect((await wire.take(3)).map((text) => JSON.parse(text))).to.deep.equal([
        { type: 3, nsp: "/", data: [2], id: 7 },
        { type: 2, nsp: "/", data: ["y", { a: 1 }] },
        { type: 2, nsp: "/", data: ["z"] },
      ]);
      wire.send("nonsense");
      expect(await wire.next()).to.equal("closed");
    },
  },
  {
    title: "recovers in MessagePack",
    options: { ...options, connectionStateRecovery: {} },
    async run(rig) {
      const { client, socket } = await rig.connect(options);
      rig.io.emit("first");
      await next(client, "first");
      const gone = next(socket, "disconnect");
      client.io.engine.close();
      await gone;
      rig.io.emit("missed", Buffer.of(1));
      const missed = next(client, "missed");
      client.connect();
      expect((await missed)[0]).to.deep.equal(Buffer.of(1));
      expect(client.recovered).to.equal(true);
    },
  },
];
