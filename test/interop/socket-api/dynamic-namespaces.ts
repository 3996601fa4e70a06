import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { NameCheck, Namespace } from "./peers.ts";
import type { Rig } from "./rig.ts";

/** Functions that say which names there are, and whether they take `/dynamic-1`. */
const CHECKS: readonly (readonly [title: string, isTaken: boolean, check: NameCheck])[] = [
  ["says yes at once", true, (_name, _auth, decide) => decide(null, true)],
  ["says yes later", true, (_name, _auth, decide) => setImmediate(decide, null, true)],
  ["says no", false, (_name, _auth, decide) => decide(null, false)],
  ["fails", false, (_name, _auth, decide) => decide(new Error("no"), true)],
  ["says nothing of it", false, (_name, _auth, decide) => (decide as (error: null) => void)(null)],
];

const INVALID = '{"message":"Invalid namespace"}';

async function refusal(rig: Rig, name: string): Promise<string> {
  const wire = await rig.open();
  wire.send(`0${name},`);
  return wire.next();
}

export const DYNAMIC_NAMESPACES: readonly Behaviour[] = [
  {
    title: "makes a child for a name that a regular expression takes, and refuses others",
    async run(rig) {
      const parent = rig.io.of(/^\/dynamic-\d+$/);
      const connected = next(parent, "connection");
      const wire = await rig.open();
      wire.send("0/dynamic-101,");
      expect(await wire.next()).to.match(/^0\/dynamic-101,\{"sid":/);
      const [socket] = (await connected) as [{ readonly nsp: Namespace }];
      expect(socket.nsp.name).to.equal("/dynamic-101");
      expect(rig.io.of("/dynamic-101")).to.equal(socket.nsp);
      expect(socket.nsp).to.be.an.instanceof(rig.library.Namespace).and.not.equal(parent);
      expect(await refusal(rig, "/dynamic-x")).to.equal(`4/dynamic-x,${INVALID}`);
    },
  },
  ...[/^\/dynamic/g, /^\/dynamic/y].map(
    (pattern): Behaviour => ({
      title: `refuses the stateful regular expression ${pattern}`,
      async run({ io }) {
        expect(() => io.of(pattern)).to.throw();
      },
    }),
  ),
  {
    title: "makes a parent of its own for each of two equal regular expressions",
    async run({ io }) {
      const pattern = /^\/dynamic/;
      expect(io.of(pattern)).not.to.equal(io.of(pattern));
    },
  },
  ...CHECKS.map(
    ([title, isTaken, check]): Behaviour => ({
      title: `${isTaken ? "makes" : "does not make"} a child when a function ${title}`,
      async run(rig) {
        rig.io.of(check);
        const wire = await rig.open();
        wire.send("0/dynamic-1,");
        const answer = await wire.next();
        if (isTaken) expect(answer).to.match(/^0\/dynamic-1,\{"sid":/);
        else expect(answer).to.equal(`4/dynamic-1,${INVALID}`);
      },
    }),
  ),
  {
    title: "asks a function with the name and the auth of the client",
    async run(rig) {
      const asked: unknown[][] = [];
      rig.io.of((name, auth, decide) => {
        asked.push([name, auth]);
        decide(null, true);
      });
      const wire = await rig.open();
      wire.send('0/a,{"token":"x"}');
      await wire.next();
      wire.send("0/b,");
      await wire.next();
      expect(asked).to.deep.equal([
        ["/a", { token: "x" }],
        ["/b", {}],
      ]);
    },
  },
  {
    title: "asks the parents in their order until one takes the name",
    async run(rig) {
      const asked: string[] = [];
      rig.io.of((_name, _auth, decide) => {
        asked.push("first");
        setImmediate(decide, null, false);
      });
      const second = rig.io.of((_name, _auth, decide) => {
        asked.push("second");
        setImmediate(decide, null, true);
      });
      rig.io.of((_name, _auth, decide) => {
        asked.push("third");
        decide(null, true);
      });
      const connected = next(second, "connection");
      const wire = await rig.open();
      wire.send("0/a,");
      await Promise.all([connected, wire.next()]);
      expect(asked).to.deep.equal(["first", "second"]);
    },
  },
  {
    title: "does not ask for a name that there is already",
    async run(rig) {
      let asked = 0;
      rig.io.of("/chat");
      rig.io.of((_name, _auth, decide) => {
        asked++;
        decide(null, true);
      });
      await rig.join("/chat");
      for (const wire of [await rig.open(), await rig.open()]) {
        wire.send("0/other,");
        expect(await wire.next()).to.match(/^0\/other,/);
      }
      expect(asked).to.equal(1);
    },
  },
  {
    title: "makes one child however many ask for it at a time",
    async run(rig) {
      const made: string[] = [];
      const sockets: { readonly nsp: Namespace }[] = [];
      rig.io.on("new_namespace", (namespace: Namespace) => made.push(namespace.name));
      rig.io
        .of((_name, _auth, decide) => setImmediate(decide, null, true))
        .on("connection", (socket) => sockets.push(socket));
      const wires = await Promise.all([rig.open(), rig.open(), rig.open()]);
      for (const wire of wires) wire.send("0/a,");
      for (const answer of await Promise.all(wires.map((wire) => wire.next())))
        expect(answer).to.match(/^0\/a,\{"sid":/);
      expect(made).to.deep.equal(["/a"]);
      expect(sockets).to.have.length(3);
      expect(rig.io.of("/a").sockets.size).to.equal(3);
    },
  },
  {
    title: "refuses by the parent's middleware",
    async run(rig) {
      rig.io.of(/^\/dynamic/).use((_socket, go) => go(new Error("no entry")));
      expect(await refusal(rig, "/dynamic")).to.equal('4/dynamic,{"message":"no entry"}');
    },
  },
  {
    title: "gives a name made by of to the parent whose regular expression takes it",
    async run(rig) {
      const seen: string[] = [];
      const parent = rig.io.of(/^\/dynamic/, (socket) => seen.push(socket.nsp.name));
      const child = rig.io.of("/dynamic-1");
      await rig.join("/dynamic-1");
      expect(seen).to.deep.equal(["/dynamic-1"]);
      const { wire } = await rig.join("/dynamic-2");
      parent.emit("to all");
      expect(await wire.next()).to.equal('2/dynamic-2,["to all"]');
      expect(child).not.to.equal(parent);
    },
  },
  {
    title: "does not tell of a parent as of a new namespace",
    async run(rig) {
      const made: string[] = [];
      rig.io.on("new_namespace", (namespace: Namespace) => made.push(namespace.name));
      rig.io.of(/^\/dynamic/);
      rig.io.of(() => {});
      expect(made).to.deep.equal([]);
    },
  },
];
