import { createRequire } from "node:module";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";

const msgpack: unknown = createRequire(import.meta.url)("socket.io-msgpack-parser");

const options = { parser: msgpack };

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
