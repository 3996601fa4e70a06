import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import type { Acting, IoServer, Namespace, Socket } from "./peers.ts";
import type { Joined, Rig } from "./rig.ts";

type Emitting = Pick<Acting, "emit">;

/** Three sockets: `a` in room 1, `b` in rooms 1 and 2, `c` in room 2; each in its own besides. */
interface Trio {
  readonly a: Joined;
  readonly b: Joined;
  readonly c: Joined;
}

async function trio(rig: Rig, namespace: string): Promise<Trio> {
  const a = await rig.join(namespace);
  const b = await rig.join(namespace);
  const c = await rig.join(namespace);
  a.socket.join("1");
  b.socket.join(["1", "2"]);
  c.socket.join("2");
  return { a, b, c };
}

/** Whom an event reached, and how often. */
async function reached(sockets: Trio, wanted: string): Promise<string> {
  let names = "";
  for (const [name, { wire, socket }] of Object.entries(sockets)) {
    const head = socket.nsp.name === "/" ? "" : `${socket.nsp.name},`;
    socket.emit("end");
    const packets = await wire.upTo(`2${head}["end"]`);
    expect(packets).to.deep.equal(packets.map(() => `2${head}${wanted}`));
    names += name.repeat(packets.length);
  }
  return names;
}

const FROM_ALL: readonly (readonly [
  title: string,
  choose: (from: IoServer | Namespace) => Emitting,
  who: string,
])[] = [
  ["nothing", (from) => from, "abc"],
  ["to(1)", (from) => from.to("1"), "ab"],
  ["in(1)", (from) => from.in("1"), "ab"],
  ["to(1).to(2)", (from) => from.to("1").to("2"), "abc"],
  ["to(1).in(2)", (from) => from.to("1").in("2"), "abc"],
  ["to([1, 2])", (from) => from.to(["1", "2"]), "abc"],
  ["to([])", (from) => from.to([]), "abc"],
  ["to of a room that there is not", (from) => from.to("3"), ""],
  ["except(1)", (from) => from.except("1"), "c"],
  ["except([1, 2])", (from) => from.except(["1", "2"]), ""],
  ["except(1).except(2)", (from) => from.except("1").except("2"), ""],
  ["to(1).except(2)", (from) => from.to("1").except("2"), "a"],
  ["except(2).to(1)", (from) => from.except("2").to("1"), "a"],
  ["except of a room that there is not", (from) => from.except("3"), "abc"],
  ["local", (from) => from.local, "abc"],
  ["local.to(2)", (from) => from.local.to("2"), "bc"],
  ["volatile", (from) => from.volatile, "abc"],
  ["volatile.to(2).except(1)", (from) => from.volatile.to("2").except("1"), "c"],
  ["compress(false).to(1)", (from) => from.compress(false).to("1"), "ab"],
  ["to(1).compress(true).volatile.local", (from) => from.to("1").compress(true).volatile.local, "ab"],
  ["timeout(10).to(1)", (from) => from.timeout(10).to("1"), "ab"],
];

const FROM_A: readonly (readonly [title: string, choose: (from: Socket) => Emitting, who: string])[] = [
  ["nothing", (from) => from, "a"],
  ["broadcast", (from) => from.broadcast, "bc"],
  ["local", (from) => from.local, "bc"],
  ["to(1)", (from) => from.to("1"), "b"],
  ["in(1)", (from) => from.in("1"), "b"],
  ["to(2)", (from) => from.to("2"), "bc"],
  ["to(1).to(2)", (from) => from.to("1").to("2"), "bc"],
  ["to([1, 2])", (from) => from.to(["1", "2"]), "bc"],
  ["except(2)", (from) => from.except("2"), ""],
  ["except(1)", (from) => from.except("1"), "c"],
  ["to(2).except(1)", (from) => from.to("2").except("1"), "c"],
  ["broadcast.to(1)", (from) => from.broadcast.to("1"), "b"],
  ["broadcast.except(1)", (from) => from.broadcast.except("1"), "c"],
  ["volatile.broadcast", (from) => from.volatile.broadcast, "bc"],
  ["volatile.to(2)", (from) => from.volatile.to("2"), "bc"],
  ["compress(false).to(2)", (from) => from.compress(false).to("2"), "bc"],
  ["to its own room", (from) => from.to(from.id), ""],
];

export const BROADCASTING: readonly Behaviour[] = [
  ...FROM_ALL.flatMap(([title, choose, who]) => [
    {
      title: `io: ${title} reaches ${who || "nobody"}, each once`,
      async run(rig: Rig) {
        const sockets = await trio(rig, "/");
        expect(choose(rig.io).emit("x", 1)).to.equal(true);
        expect(await reached(sockets, '["x",1]')).to.equal(who);
      },
    },
    {
      title: `namespace: ${title} reaches ${who || "nobody"}, each once`,
      async run(rig: Rig) {
        const sockets = await trio(rig, "/chat");
        await rig.join("/other");
        expect(choose(rig.io.of("/chat")).emit("x", 1)).to.equal(true);
        expect(await reached(sockets, '["x",1]')).to.equal(who);
      },
    },
  ]),
  ...FROM_A.map(([title, choose, who]) => ({
    title: `socket: ${title} reaches ${who || "nobody"}, each once`,
    async run(rig: Rig) {
      const sockets = await trio(rig, "/chat");
      expect(choose(sockets.a.socket).emit("x", 1)).to.equal(true);
      expect(await reached(sockets, '["x",1]')).to.equal(who);
    },
  })),
  {
    title: "reaches a room of one by a socket's id",
    async run(rig) {
      const sockets = await trio(rig, "/");
      rig.io.to(sockets.b.socket.id).emit("x");
      sockets.a.socket.to(sockets.b.socket.id).emit("x");
      expect(await reached(sockets, '["x"]')).to.equal("bb");
    },
  },
  {
    title: "leaves an operator as it was when another is made from it",
    async run(rig) {
      const sockets = await trio(rig, "/");
      const first = rig.io.to("1");
      const second = first.to("2");
      const third = first.except("2");
      expect(new Set([first, second, third]).size).to.equal(3);
      first.emit("x");
      expect(await reached(sockets, '["x"]')).to.equal("ab");
      second.emit("x");
      expect(await reached(sockets, '["x"]')).to.equal("abc");
      third.emit("x");
      expect(await reached(sockets, '["x"]')).to.equal("a");
    },
  },
  {
    title: "keeps no room from one emit to the next",
    async run(rig) {
      const sockets = await trio(rig, "/");
      rig.io.to("1").emit("x");
      rig.io.emit("x");
      sockets.a.socket.to("2").emit("x");
      sockets.a.socket.broadcast.emit("x");
      expect(await reached(sockets, '["x"]')).to.equal("aabbbbccc");
    },
  },
  {
    title: "an operator emits as often as it is asked",
    async run(rig) {
      const sockets = await trio(rig, "/");
      const operator = rig.io.to("2");
      operator.emit("x");
      operator.emit("x");
      expect(await reached(sockets, '["x"]')).to.equal("bbcc");
    },
  },
  {
    title: "sends a message event by send and write, and returns what it was called on",
    async run(rig) {
      const { wire } = await rig.join("/");
      await rig.join("/chat", undefined, wire);
      const chat = rig.io.of("/chat");
      expect(rig.io.send("a", 1)).to.equal(rig.io);
      expect(rig.io.write("b")).to.equal(rig.io);
      expect(chat.send("c")).to.equal(chat);
      expect(chat.write()).to.equal(chat);
      expect(await wire.take(4)).to.deep.equal([
        '2["message","a",1]',
        '2["message","b"]',
        '2/chat,["message","c"]',
        '2/chat,["message"]',
      ]);
    },
  },
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map(
    (name) => ({
      title: `does not emit the reserved name ${name}`,
      async run(rig: Rig) {
        const { socket } = await rig.join();
        for (const from of [rig.io, rig.io.sockets, rig.io.to("1"), socket, socket.broadcast])
          expect(() => from.emit(name)).to.throw(`"${name}" is a reserved event name`);
      },
    }),
  ),
  {
    title: "emits names that are its own events elsewhere, and names that are numbers",
    async run(rig) {
      const { wire, socket } = await rig.join();
      for (const name of ["connection", "new_namespace", "error", "__proto__", "toString", "", 5]) {
        rig.io.emit(name, 1);
        socket.emit(name, 2);
      }
      expect(await wire.take(14)).to.deep.equal(
        ["connection", "new_namespace", "error", "__proto__", "toString", "", 5].flatMap((name) => [
          `2["${name}",1]`.replace('"5"', "5"),
          `2["${name}",2]`.replace('"5"', "5"),
        ]),
      );
    },
  },
  {
    title: "broadcasts bytes wherever they are, to every member",
    async run(rig) {
      const one = await rig.join();
      const two = await rig.join();
      rig.io.emit("x", { deep: [Buffer.of(1, 2)] }, Uint8Array.of(3), Uint8Array.of(4, 5).buffer);
      for (const { wire } of [one, two])
        expect(await wire.take(4)).to.deep.equal([
          '53-["x",{"deep":[{"_placeholder":true,"num":0}]},{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]',
          "0102",
          "03",
          "0405",
        ]);
    },
  },
  {
    title: "keeps the order of broadcasts and of a socket's own events",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.emit("1");
      rig.io.emit("2");
      socket.emit("3", Buffer.of(1));
      rig.io.emit("4", Buffer.of(2));
      socket.emit("5");
      expect(await wire.take(7)).to.deep.equal([
        '2["1"]',
        '2["2"]',
        '51-["3",{"_placeholder":true,"num":0}]',
        "01",
        '51-["4",{"_placeholder":true,"num":0}]',
        "02",
        '2["5"]',
      ]);
    },
  },
  {
    title: "writes undefined as null, and what toJSON gives",
    async run(rig) {
      const { wire } = await rig.join();
      rig.io.emit("x", undefined, { a: undefined, b: null }, new Date(0), { toJSON: () => "mine" });
      expect(await wire.next()).to.equal('2["x",null,{"b":null},"1970-01-01T00:00:00.000Z","mine"]');
    },
  },
];
