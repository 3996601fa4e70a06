import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Namespace } from "./peers.ts";

export const NAMESPACES: readonly Behaviour[] = [
  {
    title: "has its main namespace from the start, and io.sockets is it",
    async run({ io, library: { Namespace } }) {
      expect(io.of("/")).to.equal(io.sockets);
      expect(io.sockets).to.be.an.instanceof(Namespace);
      expect(io.sockets.server).to.equal(io);
      expect(io.sockets.name).to.equal("/");
    },
  },
  {
    title: "makes a namespace once, with or without its slash",
    async run({ io }) {
      const made = io.of("chat");
      expect(made.name).to.equal("/chat");
      expect(io.of("/chat")).to.equal(made);
      expect(io.of("chat")).to.equal(made);
      expect(io.of("/other")).not.to.equal(made);
    },
  },
  {
    title: "takes the empty name for the main namespace",
    async run({ io }) {
      expect(io.of("")).to.equal(io.sockets);
    },
  },
  {
    title: "takes a listener for connections as the second argument of of",
    async run(rig) {
      const seen: string[] = [];
      rig.io.of("/chat", (socket) => seen.push(socket.id));
      const { socket } = await rig.join("/chat");
      expect(seen).to.deep.equal([socket.id]);
    },
  },
  {
    title: "tells of new namespaces, once each and not of the main one",
    async run({ io }) {
      const made: Namespace[] = [];
      io.on("new_namespace", (namespace: Namespace) => made.push(namespace));
      io.of("/");
      const chat = io.of("/chat");
      io.of("chat");
      expect(made).to.deep.equal([chat]);
    },
  },
  {
    title: "keeps sockets by id, those of other namespaces apart",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      expect(rig.io.sockets.sockets.size).to.equal(0);
      const { socket: inMain } = await rig.join("/", undefined, wire);
      expect(inMain.id).not.to.equal(socket.id);
      expect(inMain.client).to.equal(socket.client);
      expect([...rig.io.of("/chat").sockets]).to.deep.equal([[socket.id, socket]]);
      expect([...rig.io.sockets.sockets]).to.deep.equal([[inMain.id, inMain]]);
    },
  },
  {
    title: "tells connect and connection of a socket, in this order, on namespace and server",
    async run(rig) {
      const order: string[] = [];
      rig.io.on("connect", () => order.push("io connect"));
      rig.io.on("connection", () => order.push("io connection"));
      rig.io.sockets.on("connect", () => order.push("nsp connect"));
      rig.io.sockets.on("connection", () => order.push("nsp connection"));
      await rig.join();
      expect(order).to.deep.equal(["io connect", "nsp connect", "io connection", "nsp connection"]);
    },
  },
  {
    title: "takes both spellings of the event at io",
    async run(rig) {
      const { io } = rig;
      const heard = new Promise((resolve) => io.once("connect", resolve));
      const { socket } = await rig.join();
      expect(await heard).to.equal(socket);
    },
  },
  {
    title: "is connected, in its own room and in the namespace when connection is told",
    async run(rig) {
      let seen: unknown;
      rig.io.on("connection", (socket) => {
        seen = [socket.connected, [...socket.rooms], rig.io.sockets.sockets.get(socket.id) === socket];
      });
      const { socket } = await rig.join();
      expect(seen).to.deep.equal([true, [socket.id], true]);
    },
  },
  {
    title: "sends CONNECT before anything a listener for connection emits",
    async run(rig) {
      rig.io.on("connection", (socket) => {
        socket.emit("first");
        rig.io.emit("second");
      });
      const wire = await rig.open();
      wire.send("0");
      const [connect, ...events] = await wire.take(3);
      expect(connect).to.match(/^0\{"sid":"[\w-]{20}"\}$/);
      expect(events).to.deep.equal(['2["first"]', '2["second"]']);
    },
  },
  ...[false, true].map(
    (close): Behaviour => ({
      title: `sends CONNECT and DISCONNECT when a listener for connection says disconnect(${close})`,
      async run(rig) {
        rig.io.of("/chat").on("connection", (socket) => socket.disconnect(close));
        const wire = await rig.open();
        wire.send("0/chat,");
        expect(await wire.next()).to.match(/^0\/chat,\{"sid":/);
        expect(await wire.next()).to.equal("1/chat,");
        if (close) expect(await wire.next()).to.equal("closed");
      },
    }),
  ),
  {
    title: "refuses a namespace that there is not, and lets the connection go on",
    async run(rig) {
      const wire = await rig.open();
      wire.send("0/unknown,");
      expect(await wire.next()).to.equal('4/unknown,{"message":"Invalid namespace"}');
      await rig.join("/", undefined, wire);
    },
  },
  {
    title: "takes a connection into a namespace that was unknown when it asked first",
    async run(rig) {
      const wire = await rig.open();
      wire.send("0/later,");
      expect(await wire.next()).to.match(/^4\/later,/);
      rig.io.of("/later");
      await rig.join("/later", undefined, wire);
    },
  },
  {
    title: "tells the official client of a refusal by connect_error",
    async run(rig) {
      const [error] = await next(rig.client({}, "/unknown"), "connect_error");
      expect(error).to.be.an.instanceof(Error).with.property("message", "Invalid namespace");
    },
  },
  {
    title: "ends a connection that has joined nothing after connectTimeout",
    options: { connectTimeout: 10 },
    async run(rig) {
      expect(await (await rig.open()).next()).to.equal("closed");
    },
  },
  {
    title: "ends a connection after connectTimeout whose only wish was refused, or is being looked at",
    options: { connectTimeout: 20 },
    async run(rig) {
      rig.io.of("/refused").use((_socket, go) => go(new Error("no")));
      rig.io.of("/slow").use(() => {});
      for (const [name, answers] of [
        ["/unknown", 1],
        ["/refused", 1],
        ["/slow", 0],
      ] as const) {
        const wire = await rig.open();
        wire.send(`0${name},`);
        expect(await wire.upTo("closed")).to.have.length(answers);
      }
    },
  },
  ...(["/chat/", "/chät☃", "/a b", "/a#b", "/__proto__", "/constructor"] as const).map(
    (name): Behaviour => ({
      title: `takes the name ${name} as it is`,
      async run(rig) {
        const made = rig.io.of(name);
        const { socket } = await rig.join(name);
        expect(socket.nsp).to.equal(made);
        const wire = await rig.open();
        wire.send("0/chat,");
        expect(await wire.next()).to.equal('4/chat,{"message":"Invalid namespace"}');
      },
    }),
  ),
  {
    title: "does not end a connection for connectTimeout that has joined a namespace",
    options: { connectTimeout: 30 },
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      // A later connection's end tells that the time is over.
      expect(await (await rig.open()).next()).to.equal("closed");
      socket.emit("still there");
      expect(await wire.next()).to.equal('2/chat,["still there"]');
    },
  },
  {
    title: "lets a connection leave a namespace and join it again, as another socket",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      const left = next(socket, "disconnect");
      wire.send("1/chat,");
      await left;
      const { socket: again } = await rig.join("/chat", undefined, wire);
      expect(again.id).not.to.equal(socket.id);
      expect([socket.connected, again.connected]).to.deep.equal([false, true]);
    },
  },
];
