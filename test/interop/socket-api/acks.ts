import { expect } from "chai";
import { next } from "../events.ts";
import { acked, caught } from "./answers.ts";
import type { Behaviour } from "./behaviour.ts";

export const ACKS: readonly Behaviour[] = [
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
    title: "a timeout of nothing is over at once, an undefined one is none",
    async run(rig) {
      const { wire, socket } = await rig.join();
      expect(await caught(socket.timeout(0).emitWithAck("x"))).to.have.property(
        "message",
        "operation has timed out",
      );
      const answer = acked((callback) => socket.timeout(undefined as unknown as number).emit("y", callback));
      wire.send("31[5]");
      expect(await answer).to.deep.equal([5]);
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
