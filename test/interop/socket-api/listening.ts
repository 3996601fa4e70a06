import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";

export const LISTENING: readonly Behaviour[] = [
  {
    title: "onAny hears every event of the client with its name, whether anybody listens or not",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[][] = [];
      expect(socket.onAny((...args) => heard.push(args))).to.equal(socket);
      wire.send('2["x",1]', '2["nobody else hears"]', '2["end"]');
      await next(socket, "end");
      expect(heard).to.deep.equal([["x", 1], ["nobody else hears"], ["end"]]);
    },
  },
  {
    title: "onAny hears an event before its listeners do",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const order: string[] = [];
      socket.on("x", () => order.push("listener"));
      socket.onAny(() => order.push("any"));
      wire.send('2["x"]');
      await next(socket, "x");
      expect(order).to.deep.equal(["any", "listener"]);
    },
  },
  {
    title: "onAny gets the acknowledgement too",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.onAny((_name, answer) => (answer as (value: number) => void)(5));
      wire.send('23["x"]');
      expect(await wire.next()).to.equal("33[5]");
    },
  },
  {
    title: "onAny hears none of the socket's own events",
    async run(rig) {
      const { socket } = await rig.join();
      const heard: unknown[] = [];
      socket.onAny((name) => heard.push(name));
      socket.onAnyOutgoing((name) => heard.push(name));
      socket.disconnect();
      expect(heard).to.deep.equal([]);
    },
  },
  {
    title: "prependAny goes first, offAny takes one or all away, listenersAny lists them",
    async run(rig) {
      const { socket } = await rig.join();
      const one = () => {};
      const two = () => {};
      expect(socket.listenersAny()).to.deep.equal([]);
      expect(socket.onAny(one).prependAny(two)).to.equal(socket);
      expect(socket.listenersAny()).to.deep.equal([two, one]);
      expect(socket.offAny(two)).to.equal(socket);
      expect(socket.listenersAny()).to.deep.equal([one]);
      socket.offAny(() => {});
      expect(socket.listenersAny()).to.deep.equal([one]);
      socket.prependAny(two).offAny();
      expect(socket.listenersAny()).to.deep.equal([]);
    },
  },
  {
    title: "offAny takes one of two that are the same",
    async run(rig) {
      const { socket } = await rig.join();
      const one = () => {};
      socket.onAny(one).onAny(one).offAny(one);
      expect(socket.listenersAny()).to.deep.equal([one]);
      socket.onAnyOutgoing(one).onAnyOutgoing(one).offAnyOutgoing(one);
      expect(socket.listenersAnyOutgoing()).to.deep.equal([one]);
    },
  },
  {
    title: "onAnyOutgoing hears what is emitted and broadcast to the socket, without acknowledgements",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[][] = [];
      expect(socket.onAnyOutgoing((...args) => heard.push(args))).to.equal(socket);
      socket.emit("x", 1);
      socket.emit("y", () => {});
      rig.io.emit("z", Buffer.of(1));
      rig.io.to("elsewhere").emit("not for it");
      socket.broadcast.emit("not for it");
      socket.send("m");
      socket.on("question", (answer: (value: number) => void) => answer(1));
      wire.send('20["question"]', '2["end"]');
      await next(socket, "end");
      expect(heard).to.deep.equal([["x", 1], ["y"], ["z", Buffer.of(1)], ["message", "m"]]);
    },
  },
  {
    title:
      "prependAnyOutgoing goes first, offAnyOutgoing takes one or all away, listenersAnyOutgoing lists them",
    async run(rig) {
      const { socket } = await rig.join();
      const one = () => {};
      const two = () => {};
      expect(socket.listenersAnyOutgoing()).to.deep.equal([]);
      expect(socket.onAnyOutgoing(one).prependAnyOutgoing(two)).to.equal(socket);
      expect(socket.listenersAnyOutgoing()).to.deep.equal([two, one]);
      socket.offAnyOutgoing(two);
      expect(socket.listenersAnyOutgoing()).to.deep.equal([one]);
      socket.offAnyOutgoing();
      expect(socket.listenersAnyOutgoing()).to.deep.equal([]);
    },
  },
  {
    title: "runs middlewares of events in their order, each when the one before goes on",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const order: unknown[] = [];
      expect(
        socket.use((event, go) => {
          order.push(["first", ...event]);
          setImmediate(go);
        }),
      ).to.equal(socket);
      socket.use((_event, go) => {
        order.push("second");
        go();
      });
      socket.on("x", () => order.push("listener"));
      wire.send('2["x",1]');
      await next(socket, "x");
      expect(order).to.deep.equal([["first", "x", 1], "second", "listener"]);
    },
  },
  {
    title: "brings what a middleware makes of an event to the listener",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.use((event, go) => {
        event[0] = "y";
        event[1] = 2;
        go();
      });
      wire.send('2["x",1]');
      expect(await next(socket, "y")).to.deep.equal([2]);
    },
  },
  {
    title: "gives a middleware the acknowledgement as the last part of the event",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.use((event) => (event.at(-1) as (value: string) => void)("not today"));
      wire.send('24["x",1]');
      expect(await wire.next()).to.equal('34["not today"]');
    },
  },
  {
    title: "tells the error of a middleware by error, and not the client; other events go on",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[] = [];
      const failure = new Error("not allowed");
      socket.use((event, go) => (event[0] === "x" ? go(failure) : go()));
      socket.on("error", (error: unknown) => heard.push(error));
      socket.on("x", () => heard.push("x"));
      wire.send('2["x"]', '2["y"]');
      await next(socket, "y");
      socket.emit("end");
      expect(heard).to.deep.equal([failure]);
      expect(await wire.upTo('2["end"]')).to.deep.equal([]);
      expect(socket.connected).to.equal(true);
    },
  },
  {
    title: "goes on after the error of a middleware that nobody listens to",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.use((event, go) => (event[0] === "x" ? go(new Error("not allowed")) : go()));
      const { error } = console;
      console.error = () => {};
      try {
        wire.send('2["x"]', '2["y"]');
        await next(socket, "y");
      } finally {
        console.error = error;
      }
      expect(socket.connected).to.equal(true);
    },
  },
  {
    title: "does not listen when a middleware never goes on",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[] = [];
      socket.use((event, go) => void (event[0] === "end" && go()));
      socket.on("x", () => heard.push("x"));
      wire.send('2["x"]', '2["end"]');
      await next(socket, "end");
      expect(heard).to.deep.equal([]);
    },
  },
  {
    title: "does not listen when the socket ended before its middleware went on",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[] = [];
      const asked = new Promise<() => void>((resolve) => socket.use((_event, go) => resolve(go)));
      socket.on("x", () => heard.push("x"));
      wire.send('2["x"]');
      const go = await asked;
      socket.disconnect();
      go();
      await rig.join("/other", undefined, wire).catch(() => {});
      expect(heard).to.deep.equal([]);
    },
  },
  {
    title: "ignores what the client sends to a namespace that the server has put it out of",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const { socket: other } = await rig.join("/other", undefined, wire);
      const heard: unknown[] = [];
      socket.on("x", () => heard.push("x"));
      other.on("x", () => socket.disconnect());
      wire.send('2/other,["x"]', '2["x"]');
      await next(other, "x");
      expect(await wire.next()).to.equal("1");
      expect(heard).to.deep.equal([]);
    },
  },
];
