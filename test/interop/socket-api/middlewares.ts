import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";
import type { Rig } from "./rig.ts";

async function answerTo(rig: Rig, connect = "0"): Promise<string> {
  const wire = await rig.open();
  wire.send(connect);
  return wire.next();
}

export const MIDDLEWARES: readonly Behaviour[] = [
  {
    title: "runs in the order of use, one after the other, before connection",
    async run(rig) {
      const order: unknown[] = [];
      rig.io.use((_socket, go) => {
        order.push("first");
        setImmediate(() => {
          order.push("first done");
          go();
        });
      });
      rig.io.use((_socket, go) => {
        order.push("second");
        go();
      });
      rig.io.on("connection", () => order.push("connection"));
      await rig.join();
      expect(order).to.deep.equal(["first", "first done", "second", "connection"]);
    },
  },
  {
    title: "use returns what it was called on",
    async run({ io }) {
      const chat = io.of("/chat");
      expect(io.use((_socket, go) => go())).to.equal(io);
      expect(chat.use((_socket, go) => go())).to.equal(chat);
    },
  },
  {
    title: "those of io are those of the main namespace and of no other",
    async run(rig) {
      const seen: string[] = [];
      rig.io.use((socket, go) => {
        seen.push(socket.nsp.name);
        go();
      });
      await rig.join("/chat");
      await rig.join("/");
      expect(seen).to.deep.equal(["/"]);
    },
  },
  {
    title: "sees a socket that is not connected yet, in no room, with its handshake and data",
    async run(rig) {
      let seen: unknown;
      rig.io.use((socket, go) => {
        seen = [socket.connected, socket.rooms.size, socket.handshake.auth, rig.io.sockets.sockets.size];
        socket.data.user = 1;
        go();
      });
      const { socket } = await rig.join("/", { token: "x" });
      expect(seen).to.deep.equal([false, 0, { token: "x" }, 0]);
      expect(socket.data).to.deep.equal({ user: 1 });
    },
  },
  {
    title: "refuses with the message of an error",
    async run(rig) {
      let connections = 0;
      rig.io.on("connection", () => connections++);
      rig.io.use((_socket, go) => go(new Error("no entry")));
      rig.io.use(() => expect.fail("called after a refusal"));
      expect(await answerTo(rig)).to.equal('4{"message":"no entry"}');
      expect(connections).to.equal(0);
      expect(rig.io.sockets.sockets.size).to.equal(0);
    },
  },
  {
    title: "refuses with the data of an error",
    async run(rig) {
      rig.io.use((_socket, go) => go(Object.assign(new Error("no entry"), { data: { code: 7 } })));
      expect(await answerTo(rig)).to.equal('4{"message":"no entry","data":{"code":7}}');
      const [error] = await next(rig.client(), "connect_error");
      expect(error).to.deep.include({ message: "no entry", data: { code: 7 } });
    },
  },
  {
    title: "lets a refused client try again on the same connection",
    async run(rig) {
      let tries = 0;
      rig.io.use((_socket, go) => (++tries === 1 ? go(new Error("not yet")) : go()));
      const wire = await rig.open();
      wire.send("0");
      expect(await wire.next()).to.equal('4{"message":"not yet"}');
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
    },
  },
  {
    title: "answers CONNECT as often as the last one calls next",
    async run(rig) {
      rig.io.use((_socket, go) => {
        go();
        go();
      });
      const { wire, socket } = await rig.join();
      socket.emit("end");
      expect(await wire.upTo('2["end"]')).to.have.length(1);
    },
  },
  {
    title: "does not connect a socket whose connection ended meanwhile",
    async run(rig) {
      let connections = 0;
      rig.io.on("connection", () => connections++);
      const asked = new Promise<{ socket: Socket; go: () => void }>((resolve) =>
        rig.io.use((socket, go) => resolve({ socket, go })),
      );
      const wire = await rig.open();
      wire.send("0");
      const { socket, go } = await asked;
      const closed = next(socket.conn, "close");
      wire.close();
      await closed;
      go();
      await rig.join("/chat");
      expect(connections).to.equal(0);
      expect(socket.connected).to.equal(false);
      expect(rig.io.sockets.sockets.size + socket.rooms.size).to.equal(0);
    },
  },
  {
    title: "may be asynchronous, and connects when it calls next",
    async run(rig) {
      rig.io.use(async (socket, go) => {
        socket.data.user = await Promise.resolve("ada");
        go();
      });
      const { socket } = await rig.join();
      expect(socket.data).to.deep.equal({ user: "ada" });
    },
  },
  {
    title: "takes null and undefined for no error",
    async run(rig) {
      rig.io.use((_socket, go) => go(undefined));
      rig.io.use((_socket, go) => go(null));
      await rig.join();
    },
  },
  {
    title: "runs those that the namespace had when the socket came",
    async run(rig) {
      let late = 0;
      rig.io.use((_socket, go) => {
        rig.io.use((_other, goOn) => {
          late++;
          goOn();
        });
        go();
      });
      await rig.join();
      expect(late).to.equal(0);
    },
  },
  {
    title: "may set the id of its socket",
    async run(rig) {
      rig.io.use((socket, go) => {
        Object.assign(socket, { id: "mine" });
        go();
      });
      const wire = await rig.open();
      wire.send("0");
      expect(await wire.next()).to.equal('0{"sid":"mine"}');
      expect([...rig.io.sockets.sockets.keys(), ...rig.io.sockets.adapter.rooms.keys()]).to.deep.equal([
        "mine",
        "mine",
      ]);
      rig.io.to("mine").emit("x");
      expect(await wire.next()).to.equal('2["x"]');
    },
  },
  {
    title: "emits to its socket before CONNECT, and reaches it by no broadcast yet",
    async run(rig) {
      rig.io.use((socket, go) => {
        socket.emit("early");
        rig.io.emit("not for it");
        go();
      });
      const wire = await rig.open();
      wire.send("0");
      expect(await wire.next()).to.equal('2["early"]');
      expect(await wire.next()).to.match(/^0\{"sid":/);
      rig.io.emit("end");
      expect(await wire.next()).to.equal('2["end"]');
    },
  },
  {
    title: "does not bring events of a client to a socket that is not connected yet",
    async run(rig) {
      const order: string[] = [];
      rig.io.use((socket, go) => {
        socket.on("early", () => order.push("early"));
        setImmediate(go);
      });
      rig.io.on("connection", () => order.push("connection"));
      const wire = await rig.open();
      wire.send("0");
      await wire.next();
      wire.send('2["early"]', '20["end"]');
      const [socket] = rig.io.sockets.sockets.values();
      await next(socket ?? expect.fail(), "end");
      expect(order).to.deep.equal(["connection", "early"]);
    },
  },
  {
    title: "takes disconnect of a socket in a middleware without a fault",
    async run(rig) {
      rig.io.use((socket, go) => {
        socket.disconnect();
        go();
      });
      const wire = await rig.open();
      wire.send("0");
      const packet = await wire.next();
      expect(packet).to.match(/^[014]/);
    },
  },
];
