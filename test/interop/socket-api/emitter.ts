import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import type { AnyListener, Listening } from "./peers.ts";

/** `io` has the listeners of its main namespace, and every method of an emitter for them. */
export const EMITTER: readonly Behaviour[] = [
  {
    title: "io and its main namespace have the same listeners",
    async run({ io }) {
      const one = () => {};
      const two = () => {};
      io.on("connection", one);
      io.sockets.on("connection", two);
      for (const emitter of [io, io.sockets]) {
        expect(emitter.listeners("connection")).to.deep.equal([one, two]);
        expect(emitter.listenerCount("connection")).to.equal(2);
        expect(emitter.eventNames()).to.deep.equal(["connection"]);
      }
    },
  },
  ...(["off", "removeListener"] as const).map(
    (method): Behaviour => ({
      title: `io.${method} takes a listener away`,
      async run({ io }) {
        const one = () => {};
        io.on("connection", one);
        io[method]("connection", one);
        expect(io.sockets.listenerCount("connection")).to.equal(0);
      },
    }),
  ),
  {
    title: "io.removeAllListeners takes all of an event, or of every event",
    async run({ io }) {
      for (const name of ["connection", "connect", "new_namespace"]) io.on(name, () => {});
      io.removeAllListeners("connect");
      expect(io.eventNames()).to.deep.equal(["connection", "new_namespace"]);
      io.removeAllListeners();
      expect(io.sockets.eventNames()).to.deep.equal([]);
    },
  },
  {
    title: "listeners are called in the order of addListener, prependListener and their once forms",
    async run(rig) {
      const order: string[] = [];
      const note = (name: string) => () => order.push(name);
      rig.io.addListener("connection", note("added"));
      rig.io.prependListener("connection", note("prepended"));
      rig.io.prependOnceListener("connection", note("prepended once"));
      rig.io.once("connection", note("once"));
      await rig.join();
      expect(order).to.deep.equal(["prepended once", "prepended", "added", "once"]);
      order.length = 0;
      await rig.join();
      expect(order).to.deep.equal(["prepended", "added"]);
    },
  },
  {
    title: "knows raw listeners and the limit of listeners",
    async run({ io }) {
      const one = () => {};
      io.once("connection", one);
      const [raw] = io.rawListeners("connection") as { listener?: unknown }[];
      expect(raw?.listener).to.equal(one);
      io.setMaxListeners(3);
      expect(io.getMaxListeners()).to.equal(3);
    },
  },
  {
    title: "chains: on, once, off and the like return what they were called on",
    async run(rig) {
      const { socket } = await rig.join();
      const chat = rig.io.of("/chat");
      const one = () => {};
      for (const emitter of [chat, socket] as readonly Listening[])
        for (const method of [
          "on",
          "once",
          "addListener",
          "prependListener",
          "off",
          "removeListener",
        ] as const)
          expect(emitter[method]("x", one), method).to.equal(emitter);
    },
  },
  {
    title: "a socket hears each event of its client with its arguments, as often as there are listeners",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[][] = [];
      const note: AnyListener = (...args) => heard.push(args);
      socket.on("x", note);
      socket.on("x", note);
      socket.once("x", note);
      const ended = new Promise((resolve) => socket.on("end", resolve));
      wire.send('2["x",1,{"a":null}]', '2["x"]', '2["nobody hears"]', '2["end"]');
      await ended;
      expect(heard).to.deep.equal([[1, { a: null }], [1, { a: null }], [1, { a: null }], [], []]);
    },
  },
  {
    title: "a socket takes any name for an event that is not reserved",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[] = [];
      const names = ["__proto__", "constructor", "toString", "connection", "", "message"];
      for (const name of names) socket.on(name, () => heard.push(name));
      for (const name of names) wire.send(`2["${name}"]`);
      await new Promise((resolve) => socket.on("end", resolve) && wire.send('2["end"]'));
      expect(heard).to.deep.equal(names);
    },
  },
  {
    title: "a socket hears numbers as names",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard = new Promise((resolve) => socket.on("5", resolve));
      wire.send('2[5,"x"]');
      expect(await heard).to.equal("x");
    },
  },
];
