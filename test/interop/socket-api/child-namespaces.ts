import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Namespace } from "./peers.ts";
import type { Rig } from "./rig.ts";

/** What a parent and its children have of each other, and how long a child lives. */
export const CHILD_NAMESPACES: readonly Behaviour[] = [
  {
    title: "gives a child the middlewares and listeners that its parent had when the child was made",
    async run(rig) {
      const order: string[] = [];
      const parent = rig.io.of(/^\/dynamic/);
      parent.use((_socket, go) => {
        order.push("middleware");
        go();
      });
      parent.on("connect", () => order.push("connect"));
      parent.on("connection", () => order.push("connection"));
      const wire = await rig.open();
      wire.send("0/dynamic,");
      await wire.next();
      await rig.join("/", undefined, wire);
      expect(order).to.deep.equal(["middleware", "connect", "connection"]);
    },
  },
  {
    title: "a child hears nothing of middlewares that its parent gets later",
    async run(rig) {
      const order: string[] = [];
      const parent = rig.io.of(/^\/dynamic/);
      parent.createChild("/dynamic-1");
      parent.use((_socket, go) => {
        order.push("late");
        go();
      });
      await rig.join("/dynamic-1");
      expect(order).to.deep.equal([]);
    },
  },
  {
    title: "takes a listener as the second argument of of, for all children",
    async run(rig) {
      const seen: string[] = [];
      rig.io.of(/^\/dynamic/, (socket) => seen.push(socket.nsp.name));
      const wire = await rig.open();
      wire.send("0/dynamic-1,", "0/dynamic-2,");
      await wire.take(2);
      await rig.join("/", undefined, wire);
      expect(seen).to.deep.equal(["/dynamic-1", "/dynamic-2"]);
    },
  },
  {
    title: "makes a child by createChild, which connects like any other",
    async run(rig) {
      const made: string[] = [];
      rig.io.on("new_namespace", (namespace: Namespace) => made.push(namespace.name));
      const parent = rig.io.of((_name, _auth, decide) => decide(null, false));
      const child = parent.createChild("/made");
      expect(child.name).to.equal("/made");
      expect(rig.io.of("/made")).to.equal(child);
      expect(made).to.deep.equal(["/made"]);
      const { wire } = await rig.join("/made");
      parent.emit("hello");
      expect(await wire.next()).to.equal('2/made,["hello"]');
    },
  },
  ...(
    [
      ["emit", (parent: Namespace) => parent.emit("x"), ["a", "b", "c"]],
      ["to().emit", (parent: Namespace) => parent.to("room").emit("x"), ["a", "c"]],
      ["in().emit", (parent: Namespace) => parent.in("room").emit("x"), ["a", "c"]],
      ["except().emit", (parent: Namespace) => parent.except("room").emit("x"), ["b"]],
      ["local.emit", (parent: Namespace) => parent.local.emit("x"), ["a", "b", "c"]],
      ["volatile.emit", (parent: Namespace) => parent.volatile.emit("x"), ["a", "b", "c"]],
      ["compress().emit", (parent: Namespace) => parent.compress(true).emit("x"), ["a", "b", "c"]],
      ["send", (parent: Namespace) => parent.send("x"), ["a", "b", "c"]],
    ] as const
  ).map(([title, act, reached]) => ({
    title: `reaches the sockets of all children by ${title} of the parent`,
    async run(rig: Rig) {
      const parent = rig.io.of(/^\/dynamic/);
      for (const name of ["/dynamic-1", "/dynamic-2"]) parent.createChild(name);
      const a = await rig.join("/dynamic-1");
      const b = await rig.join("/dynamic-1");
      const c = await rig.join("/dynamic-2");
      a.socket.join("room");
      c.socket.join("room");
      act(parent);
      const heard: string[] = [];
      for (const [name, { wire, socket }] of Object.entries({ a, b, c })) {
        socket.emit("end");
        if ((await wire.upTo(`2${socket.nsp.name},["end"]`)).length > 0) heard.push(name);
      }
      expect(heard).to.deep.equal(reached);
    },
  })),
  {
    title:
      "does nothing to the sockets of children by socketsJoin, socketsLeave and disconnectSockets of a parent",
    async run(rig) {
      const parent = rig.io.of(/^\/dynamic/);
      parent.createChild("/dynamic-1");
      const { socket } = await rig.join("/dynamic-1");
      socket.join("1");
      parent.socketsJoin("2");
      parent.socketsLeave("1");
      parent.disconnectSockets();
      expect([...socket.rooms]).to.deep.equal([socket.id, "1"]);
      expect(socket.connected).to.equal(true);
    },
  },
  {
    title: "does not fetch sockets from a parent",
    async run({ io }) {
      const parent = io.of(/^\/dynamic/);
      const failure = await (async () => parent.fetchSockets())().then(() => undefined, String);
      expect(failure).to.include("Error: fetchSockets() is not supported on parent namespaces");
    },
  },
  {
    title: "keeps a child that nobody is in by default",
    async run(rig) {
      rig.io.of(/^\/dynamic/).createChild("/dynamic-1");
      const child = rig.io.of("/dynamic-1");
      const { socket, wire } = await rig.join("/dynamic-1");
      const left = next(socket, "disconnect");
      wire.send("1/dynamic-1,");
      await left;
      await rig.join("/", undefined, wire);
      expect(rig.io.of("/dynamic-1")).to.equal(child);
    },
  },
  {
    title: "removes a child with its last socket under cleanupEmptyChildNamespaces, and makes it anew",
    options: { cleanupEmptyChildNamespaces: true },
    async run(rig) {
      const closed: string[] = [];
      const parent = rig.io.of(/^\/dynamic/);
      const child = parent.createChild("/dynamic-1");
      (child.adapter as unknown as { close: () => void }).close = () => closed.push(child.name);
      const { socket, wire } = await rig.join("/dynamic-1");
      const { socket: other } = await rig.join("/dynamic-1");
      socket.disconnect();
      expect(closed).to.deep.equal([]);
      other.disconnect();
      expect(closed).to.deep.equal(["/dynamic-1"]);
      await wire.next();
      const connected = next(parent, "connection");
      wire.send("0/dynamic-1,");
      const [{ nsp }] = (await connected) as [{ readonly nsp: Namespace }];
      expect(nsp).not.to.equal(child);
      expect(rig.io.of("/dynamic-1")).to.equal(nsp);
    },
  },
  {
    title: "does not remove a namespace that of made under cleanupEmptyChildNamespaces",
    options: { cleanupEmptyChildNamespaces: true },
    async run(rig) {
      const chat = rig.io.of("/chat");
      const { socket } = await rig.join("/chat");
      socket.disconnect();
      expect(rig.io.of("/chat")).to.equal(chat);
    },
  },
  {
    title: "removes a child whose only socket a middleware refuses under cleanupEmptyChildNamespaces",
    options: { cleanupEmptyChildNamespaces: true },
    async run(rig) {
      const made: string[] = [];
      rig.io.on("new_namespace", (namespace: Namespace) => made.push(namespace.name));
      rig.io.of(/^\/dynamic/).use((_socket, go) => go(new Error("no")));
      const wire = await rig.open();
      for (const _ of [1, 2]) {
        wire.send("0/dynamic,");
        await wire.next();
      }
      expect(made).to.deep.equal(["/dynamic", "/dynamic"]);
    },
  },
];
