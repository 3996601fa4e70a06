import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

/** Calls back with all that an acknowledgement was given. */
const acked = (emit: (callback: (...args: unknown[]) => void) => unknown): Promise<unknown[]> =>
  new Promise((resolve) => emit((...args) => resolve(args)));

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
    title: "numbers what is to be acknowledged from 0 on, over all sockets of a namespace",
    async run(rig) {
      const one = await rig.join();
      const two = await rig.join();
      const other = await rig.join("/other");
      one.socket.emit("x", () => {});
      two.socket.emit("x", () => {});
      one.socket.emit("x", () => {});
      other.socket.emit("x", () => {});
      expect(await one.wire.take(2)).to.deep.equal(['20["x"]', '22["x"]']);
      expect(await two.wire.next()).to.equal('21["x"]');
      expect(await other.wire.next()).to.equal('2/other,0["x"]');
    },
  },
  {
    title: "calls an acknowledgement back with all arguments, bytes too, whichever comes first",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const first = acked((callback) => socket.emit("x", callback));
      const second = acked((callback) => socket.emit("x", callback));
      wire.send('31[1,"2",null]', '61-0[{"a":{"_placeholder":true,"num":0}}]', Buffer.of(7));
      expect(await second).to.deep.equal([1, "2", null]);
      expect(await first).to.deep.equal([{ a: Buffer.of(7) }]);
    },
  },
  {
    title: "calls an acknowledgement once, and ignores one that it does not wait for",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const calls: unknown[] = [];
      socket.emit("x", (answer: unknown) => calls.push(answer));
      wire.send("30[1]", "30[2]", "3999[3]", '20["end"]');
      await next(socket, "end");
      expect(calls).to.deep.equal([1]);
      expect(socket.connected).to.equal(true);
    },
  },
  {
    title: "ignores an acknowledgement without an id, and takes one without arguments for an empty one",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const answer = acked((callback) => socket.emit("x", callback));
      wire.send("3[1]", "30");
      expect(await answer).to.deep.equal([]);
      expect(socket.connected).to.equal(true);
    },
  },
  {
    title: "emitWithAck resolves with the first argument",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const answer = socket.emitWithAck("x", 1);
      expect(await wire.next()).to.equal('20["x",1]');
      wire.send('30["first","second"]');
      expect(await answer).to.equal("first");
    },
  },
  {
    title: "emitWithAck resolves with nothing for an empty acknowledgement",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const answer = socket.emitWithAck("x");
      wire.send("30[]");
      expect(await answer).to.equal(undefined);
    },
  },
  {
    title: "timeout gives a callback null before the answer",
    async run(rig) {
      const { wire, socket } = await rig.join();
      expect(socket.timeout(1000)).to.equal(socket);
      const answer = acked((callback) => socket.emit("x", 1, callback));
      expect(await wire.next()).to.equal('20["x",1]');
      wire.send("30[5,6]");
      expect(await answer).to.deep.equal([null, 5, 6]);
    },
  },
  {
    title: "timeout gives a callback an error alone, and ignores the late answer",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const calls: unknown[][] = [];
      await new Promise<void>((resolve) => {
        socket.timeout(5).emit("x", (...args: unknown[]) => {
          calls.push(args);
          resolve();
        });
      });
      wire.send("30[1]", '2["end"]');
      await next(socket, "end");
      expect(calls).to.have.length(1);
      expect(calls[0]).to.have.length(1);
      expect(calls[0]?.[0]).to.be.an.instanceof(Error).with.property("message", "operation has timed out");
    },
  },
  {
    title: "timeout holds for one event",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.timeout(1000).emit("x");
      const answer = acked((callback) => socket.emit("y", callback));
      expect(await wire.take(2)).to.deep.equal(['2["x"]', '20["y"]']);
      wire.send("30[5]");
      expect(await answer).to.deep.equal([5]);
    },
  },
  {
    title: "emitWithAck resolves or rejects within a timeout",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const answer = socket.timeout(1000).emitWithAck("x");
      await wire.next();
      wire.send("30[5]");
      expect(await answer).to.equal(5);
      const failure = await caught(socket.timeout(5).emitWithAck("x"));
      expect(failure).to.be.an.instanceof(Error).with.property("message", "operation has timed out");
    },
  },
  {
    title: "an official client acknowledges, with and without a timeout",
    async run(rig) {
      const { client, socket } = await rig.connect();
      client.on("sum", (a, b, answer) => (answer as (sum: number) => void)((a as number) + (b as number)));
      expect(await socket.emitWithAck("sum", 1, 2)).to.equal(3);
      expect(await socket.timeout(1000).emitWithAck("sum", 3, 4)).to.equal(7);
    },
  },
  {
    title: "a listener acknowledges by its last argument, once",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      socket.on("x", (value: number, answer: (...args: unknown[]) => void) => {
        answer(value + 1, "more");
        answer("again");
        socket.emit("end");
      });
      wire.send('2/chat,7["x",1]');
      expect(await wire.upTo('2/chat,["end"]')).to.deep.equal(['3/chat,7[2,"more"]']);
    },
  },
  {
    title: "a listener acknowledges with nothing, or with bytes, and 0 is an id",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.on("nothing", (answer: () => void) => answer());
      socket.on("bytes", (answer: (data: Buffer) => void) => answer(Buffer.of(9)));
      wire.send('20["nothing"]', '21["bytes"]');
      expect(await wire.take(3)).to.deep.equal(["30[]", '61-1[{"_placeholder":true,"num":0}]', "09"]);
    },
  },
  {
    title: "a listener acknowledges later, and the client's emitWithAck gets it",
    async run(rig) {
      const { client, socket } = await rig.connect();
      socket.on("x", (value: number, answer: (value: number) => void) => setImmediate(answer, value * 2));
      expect(await client.emitWithAck("x", 21)).to.equal(42);
    },
  },
  {
    title: "brings bytes of a client to a listener, to be acknowledged",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard = new Promise<unknown[]>((resolve) =>
        socket.on("x", (...args: unknown[]) => resolve(args)),
      );
      wire.send('51-5["x",{"a":{"_placeholder":true,"num":0}}]', Buffer.of(1, 2));
      const [value, answer] = await heard;
      expect(value).to.deep.equal({ a: Buffer.of(1, 2) });
      expect(answer).to.be.a("function");
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
  {
    title: "tells an acknowledgement of the socket's end when its timeout is over",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const failure = caught(socket.timeout(5).emitWithAck("x"));
      await wire.next();
      wire.close();
      expect(await failure).to.have.property("message", "operation has timed out");
    },
  },
];
