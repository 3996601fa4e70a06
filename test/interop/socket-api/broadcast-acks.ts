import { expect } from "chai";
import { next } from "../events.ts";
import { acked, caught } from "./answers.ts";
import type { Behaviour } from "./behaviour.ts";

const TIMED_OUT = "operation has timed out";

export const BROADCAST_ACKS: readonly Behaviour[] = [
  {
    title: "gives null and all answers, in the order in which they come, one of each",
    async run(rig) {
      const one = await rig.join();
      const two = await rig.join();
      const answers = acked((callback) => rig.io.timeout(1000).emit("x", 1, callback));
      expect(await one.wire.next()).to.equal('20["x",1]');
      expect(await two.wire.next()).to.equal('20["x",1]');
      two.wire.send('30["two","more"]', '2["sent"]');
      await next(two.socket, "sent");
      one.wire.send("30[]");
      expect(await answers).to.deep.equal([null, ["two", undefined]]);
    },
  },
  {
    title: "gives an error and the answers that came when some did not",
    async run(rig) {
      const one = await rig.join();
      await rig.join();
      const answers = acked((callback) => rig.io.timeout(40).emit("x", callback));
      await one.wire.next();
      one.wire.send("30[1]");
      const [error, responses] = await answers;
      expect(error).to.be.an.instanceof(Error).with.property("message", TIMED_OUT);
      expect(responses).to.deep.equal([1]);
    },
  },
  {
    title: "emitWithAck resolves with all answers, or rejects with those that came as responses",
    async run(rig) {
      const one = await rig.join();
      const two = await rig.join();
      const answers = rig.io.timeout(1000).emitWithAck("x", 1);
      expect(await one.wire.next()).to.equal('20["x",1]');
      one.wire.send("30[1]");
      two.wire.send("30[2]");
      expect(await answers).to.have.members([1, 2]);
      const failure = caught(rig.io.timeout(40).emitWithAck("y"));
      one.wire.send("31[1]");
      expect(await failure)
        .to.be.an.instanceof(Error)
        .with.property("message", TIMED_OUT);
      expect(await failure).to.have.deep.property("responses", [1]);
    },
  },
  {
    title: "answers at once when there is nobody, after emit has returned",
    async run(rig) {
      let isReturned = false;
      const answers = acked((callback) => {
        rig.io
          .timeout(1000)
          .to("nowhere")
          .emit("x", (...args: unknown[]) => callback(isReturned, ...args));
        isReturned = true;
      });
      expect((await answers).slice(1)).to.deep.equal([null, []]);
      expect(await rig.io.to("nowhere").timeout(1000).emitWithAck("x")).to.deep.equal([]);
    },
  },
  {
    title: "asks the members of a room alone, and none but others from a socket",
    async run(rig) {
      const one = await rig.join();
      const two = await rig.join();
      two.socket.join("room");
      const inRoom = rig.io.to("room").timeout(1000).emitWithAck("x");
      expect(await two.wire.next()).to.equal('20["x"]');
      two.wire.send("30[2]");
      expect(await inRoom).to.deep.equal([2]);
      const fromOne = one.socket.broadcast.timeout(1000).emitWithAck("y");
      expect(await two.wire.next()).to.equal('21["y"]');
      two.wire.send("31[3]");
      expect(await fromOne).to.deep.equal([3]);
    },
  },
  {
    title: "takes bytes for an answer",
    async run(rig) {
      const one = await rig.join();
      const answers = rig.io.timeout(1000).emitWithAck("x", Buffer.of(1));
      expect(await one.wire.take(2)).to.deep.equal(['51-0["x",{"_placeholder":true,"num":0}]', "01"]);
      one.wire.send('61-0[{"_placeholder":true,"num":0}]', Buffer.of(9));
      expect(await answers).to.deep.equal([Buffer.of(9)]);
    },
  },
  {
    title: "counts one answer of each, and ignores what comes later",
    async run(rig) {
      const one = await rig.join();
      await rig.join();
      const calls: unknown[][] = [];
      const done = new Promise<void>((resolve) => {
        rig.io.timeout(40).emit("x", (...args: unknown[]) => {
          calls.push(args);
          resolve();
        });
      });
      one.wire.send("30[1]", "30[2]");
      await done;
      one.wire.send("30[3]", '2["end"]');
      await next(one.socket, "end");
      expect(calls).to.have.length(1);
      expect(calls[0]?.[1]).to.deep.equal([1]);
    },
  },
  {
    title: "leaves no acknowledgement waiting at a socket when the time is over",
    async run(rig) {
      const { socket } = await rig.join();
      await caught(rig.io.timeout(5).emitWithAck("x"));
      expect((socket as unknown as { readonly acks: { readonly size: number } }).acks.size).to.equal(0);
    },
  },
  {
    title: "shares its numbers with the acknowledgements of sockets",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const single = socket.emitWithAck("a");
      const all = rig.io.timeout(1000).emitWithAck("b");
      expect(await wire.take(2)).to.deep.equal(['20["a"]', '21["b"]']);
      wire.send("31[1]", "30[0]");
      expect([await single, await all]).to.deep.equal([0, [1]]);
    },
  },
  {
    title: "without a timeout of its own, the time is over at once",
    async run(rig) {
      await rig.join();
      const [error, responses] = await acked((callback) => rig.io.to([]).emit("x", callback));
      expect(error).to.be.an.instanceof(Error).with.property("message", TIMED_OUT);
      expect(responses).to.deep.equal([]);
    },
  },
  {
    title: "official clients answer over any transport",
    async run(rig) {
      for (const [index, transports] of [["websocket"], ["polling", "websocket"]].entries()) {
        const { client } = await rig.connect({ transports });
        client.on("x", (answer) => (answer as (value: number) => void)(index));
      }
      expect(await rig.io.timeout(1000).emitWithAck("x")).to.have.members([0, 1]);
    },
  },
  {
    title: "asks nobody from a parent namespace",
    async run(rig) {
      const parent = rig.io.of(/^\/dynamic/);
      parent.createChild("/dynamic-1");
      await rig.join("/dynamic-1");
      expect(await acked((callback) => parent.timeout(1000).emit("x", callback))).to.deep.equal([null, []]);
    },
  },
];
