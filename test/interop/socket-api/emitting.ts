import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";

export const EMITTING: readonly Behaviour[] = [
  {
    title: "emit writes name and arguments, and returns true",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      expect(socket.emit("x")).to.equal(true);
      expect(socket.emit("y", 1, "2", { three: [null] }, undefined)).to.equal(true);
      expect(await wire.take(2)).to.deep.equal(['2/chat,["x"]', '2/chat,["y",1,"2",{"three":[null]},null]']);
    },
  },
  {
    title: "emit takes bytes out of the arguments",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.emit("x", Buffer.of(1, 2), { deep: Uint8Array.of(3) });
      expect(await wire.take(3)).to.deep.equal([
        '52-["x",{"_placeholder":true,"num":0},{"deep":{"_placeholder":true,"num":1}}]',
        "0102",
        "03",
      ]);
    },
  },
  {
    title: "emit writes values as JSON does",
    async run(rig) {
      const { wire, socket } = await rig.join();
      class Point {
        x = 1;
        static y = 2;
      }
      socket.emit("x", new Map([[1, 2]]), new Set([1]), new Error("e"), Number.NaN, -0, new Point());
      socket.emit("x", [undefined, () => 1, Symbol("s")], { f() {}, s: Symbol("s"), toJSON: null });
      socket.emit("x", Object("text"), "\u2028\ud800\0", new Date(0), Object.create(null));
      socket.emit("x", () => {}, Symbol("s"), "not last");
      expect(await wire.take(4)).to.deep.equal([
        '2["x",{},{},{},null,0,{"x":1}]',
        '2["x",[null,null,null],{"toJSON":null}]',
        '2["x","text","\u2028\\ud800\\u0000","1970-01-01T00:00:00.000Z",{}]',
        '2["x",null,null,"not last"]',
      ]);
    },
  },
  {
    title: "emit throws what cannot be written, and goes on",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      for (const emitter of [socket, rig.io]) {
        expect(() => emitter.emit("x", circle)).to.throw();
        expect(() => emitter.emit("x", 1n)).to.throw(TypeError);
      }
      socket.emit("end");
      expect(await wire.upTo('2["end"]')).to.deep.equal([]);
    },
  },
  {
    title: "send and write emit a message and return the socket",
    async run(rig) {
      const { wire, socket } = await rig.join();
      expect(socket.send("a", 1)).to.equal(socket);
      expect(socket.write()).to.equal(socket);
      expect(await wire.take(2)).to.deep.equal(['2["message","a",1]', '2["message"]']);
    },
  },
  {
    title: "tells the engine whether an event is to be compressed",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const told: unknown[] = [];
      socket.conn.on("packetCreate", ({ options }: { readonly options: { readonly compress: boolean } }) =>
        told.push(options.compress),
      );
      socket.emit("x");
      socket.compress(false).emit("x");
      socket.emit("x");
      rig.io.compress(false).emit("x");
      rig.io.emit("x");
      await wire.take(5);
      expect(told).to.deep.equal([true, false, true, false, true]);
    },
  },
  {
    title: "volatile and compress hold for one event and return the socket",
    async run(rig) {
      const { wire, socket } = await rig.join();
      expect(socket.volatile).to.equal(socket);
      expect(socket.compress(false)).to.equal(socket);
      socket.emit("x");
      socket.emit("y");
      expect(await wire.take(2)).to.deep.equal(['2["x"]', '2["y"]']);
    },
  },
  {
    title: "loses a volatile event when the client is between two polls, and no other",
    async run(rig) {
      const query = "/socket.io/?EIO=4&transport=polling";
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      const { body } = await rig.request(query);
      const { sid } = JSON.parse(body.toString().slice(1)) as { readonly sid: string };
      const post = (text: string) => rig.post(`${query}&sid=${sid}`, text);
      await post("40");
      const [socket] = await connected;
      expect((await rig.request(`${query}&sid=${sid}`)).body.toString()).to.match(/^40\{/);
      socket.volatile.emit("lost");
      rig.io.volatile.emit("lost too");
      socket.emit("kept");
      expect((await rig.request(`${query}&sid=${sid}`)).body.toString()).to.equal('42["kept"]');
      const closed = next(socket, "disconnect");
      await post("1");
      await closed;
    },
  },
  {
    title: "emit returns true after the socket's end",
    async run(rig) {
      const { socket } = await rig.join();
      socket.disconnect();
      expect(socket.emit("late")).to.equal(true);
      expect(socket.emit("late", () => expect.fail("called back"))).to.equal(true);
    },
  },
  {
    title: "still writes what is emitted after the socket's end when the connection goes on",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.disconnect();
      socket.emit("late");
      expect(await wire.take(2)).to.deep.equal(["1", '2["late"]']);
    },
  },
  {
    title: "still broadcasts to others after its end",
    async run(rig) {
      const { socket } = await rig.join();
      const { wire } = await rig.join();
      socket.disconnect();
      socket.broadcast.emit("gone");
      expect(await wire.next()).to.equal('2["gone"]');
    },
  },
];
