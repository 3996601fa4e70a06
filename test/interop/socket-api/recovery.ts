import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";
import type { Client, Rig } from "./rig.ts";
import type { Wire } from "./wire.ts";

const RECOVERY = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };

interface Offered {
  readonly sid: string;
  readonly pid: string;
}

/** A raw client that has received one event, so that it has an offset, and has been cut off. */
async function cutOff(rig: Rig, namespace = "/") {
  const head = namespace === "/" ? "" : `${namespace},`;
  const wire = await rig.open();
  const connected = next(rig.io.of(namespace), "connection");
  wire.send(`0${head}`);
  const offered = JSON.parse((await wire.next()).slice(1 + head.length)) as Offered;
  const [socket] = (await connected) as [Socket];
  socket.data.user = "ada";
  socket.join("room");
  rig.io.of(namespace).emit("first");
  const [, offset] = JSON.parse((await wire.next()).slice(1 + head.length)) as [string, string];
  const gone = next(socket, "disconnect");
  wire.terminate();
  await gone;
  return { socket, ...offered, offset };
}

async function comeBack(rig: Rig, auth: object, namespace = "/") {
  const head = namespace === "/" ? "" : `${namespace},`;
  const wire = await rig.open();
  const connected = next(rig.io.of(namespace), "connection");
  wire.send(`0${head}${JSON.stringify(auth)}`);
  const [socket] = (await connected) as [Socket];
  return { wire, socket };
}

/** CONNECT and what was missed, whichever comes first. */
async function answerTo(wire: Wire, packets: number, head = "") {
  const taken = await wire.take(packets);
  const [connect = "", ...more] = taken.filter((packet) => packet.startsWith(`0${head}{`));
  expect(more).to.deep.equal([]);
  return {
    connect: JSON.parse(connect.slice(1 + head.length)) as Offered,
    missed: taken.filter((packet) => packet !== connect),
  };
}

const nameOf = (packet: string): unknown => (JSON.parse(packet.slice(1)) as unknown[])[0];

/** Ends the client's connection as a network does, and lets it come back when it is told to. */
async function interrupt(client: Client, socket: Socket): Promise<void> {
  const gone = next(socket, "disconnect");
  client.io.engine.close();
  await gone;
}

export const RECOVERING: readonly Behaviour[] = [
  {
    title: "offers no recovery by default, and adds no offset",
    async run(rig) {
      const wire = await rig.open();
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":"[\w-]{20}"\}$/);
      rig.io.emit("x");
      expect(await wire.next()).to.equal('2["x"]');
    },
  },
  {
    title: "offers a private id in CONNECT, another one than the public",
    options: RECOVERY,
    async run(rig) {
      const wire = await rig.open();
      wire.send("0");
      const { sid, pid } = JSON.parse((await wire.next()).slice(1)) as Offered;
      expect([sid, pid].join(" ")).to.match(/^[\w-]{20} [\w-]{20}$/);
      expect(sid).not.to.equal(pid);
    },
  },
  {
    title: "adds an offset to what it emits, and none to acknowledged and volatile ones",
    options: RECOVERY,
    async run(rig) {
      const { wire, socket } = await rig.join();
      rig.io.emit("x", 1);
      socket.emit("y", 2);
      expect(await wire.next()).to.match(/^2\["x",1,"[^"]+"\]$/);
      expect(await wire.next()).to.match(/^2\["y",2,"[^"]+"\]$/);
      rig.io.timeout(10).emit("z", () => {});
      socket.emit("a", () => {});
      expect(await wire.take(2)).to.deep.equal(['20["z"]', '21["a"]']);
      // Behind others it might be lost.
      rig.io.volatile.emit("v");
      expect(await wire.next()).to.equal('2["v"]');
    },
  },
  {
    title: "gives a client that comes back its id, rooms and data, and what it missed, in order",
    options: RECOVERY,
    async run(rig) {
      const { socket: before, sid, pid, offset } = await cutOff(rig);
      rig.io.emit("to all");
      rig.io.to("room").emit("to room");
      rig.io.to(sid).emit("to it");
      rig.io.to("elsewhere").emit("not for it");
      rig.io.except("room").emit("not for it");
      rig.io.emit("bytes", Buffer.of(1));
      const { wire, socket } = await comeBack(rig, { pid, offset });
      const { connect, missed } = await answerTo(wire, 6);
      expect(connect).to.deep.equal({ sid, pid });
      expect(missed.slice(0, 3).map(nameOf)).to.deep.equal(["to all", "to room", "to it"]);
      expect(missed[3]).to.match(/^51-\["bytes",/);
      expect(missed[4]).to.equal("01");
      expect(socket).not.to.equal(before);
      expect([socket.id, socket.recovered, before.recovered]).to.deep.equal([sid, true, false]);
      expect(socket.rooms).to.deep.equal(new Set([sid, "room"]));
      expect(socket.data).to.deep.equal({ user: "ada" });
    },
  },
  {
    title: "sends what was missed before CONNECT",
    options: RECOVERY,
    async run(rig) {
      const { pid, offset } = await cutOff(rig);
      rig.io.emit("missed");
      const { wire } = await comeBack(rig, { pid, offset });
      expect((await wire.take(2)).map((packet) => packet[0])).to.deep.equal(["2", "0"]);
    },
  },
  {
    title: "goes on for a client that has come back as for any other",
    options: RECOVERY,
    async run(rig) {
      const { pid, offset } = await cutOff(rig);
      const { wire, socket } = await comeBack(rig, { pid, offset });
      await answerTo(wire, 1);
      rig.io.to("room").emit("live");
      expect(nameOf(await wire.next())).to.equal("live");
      wire.send('23["question"]');
      const [answer] = (await next(socket, "question")) as [(value: number) => void];
      answer(1);
      expect(await wire.next()).to.equal("33[1]");
    },
  },
  {
    title: "recovers in a namespace of its own",
    options: RECOVERY,
    async run(rig) {
      const { sid, pid, offset } = await cutOff(rig, "/chat");
      rig.io.of("/chat").emit("missed");
      rig.io.of("/").emit("elsewhere");
      const { wire, socket } = await comeBack(rig, { pid, offset }, "/chat");
      const { connect, missed } = await answerTo(wire, 2, "/chat,");
      expect(connect).to.deep.equal({ sid, pid });
      expect(missed[0]).to.match(/^2\/chat,\["missed",/);
      expect([socket.id, socket.recovered]).to.deep.equal([sid, true]);
    },
  },
  ...(
    [
      ["a private id that nobody has", { pid: "nobody's", offset: undefined }],
      ["an offset that there is not", { offset: "none" }],
      ["a private id that is no text", { pid: 5 }],
    ] as const
  ).map(([title, change]) => ({
    title: `makes a new socket for ${title}`,
    options: RECOVERY,
    async run(rig: Rig) {
      const { sid, pid, offset } = await cutOff(rig);
      const { wire, socket } = await comeBack(rig, { pid, offset, ...change });
      expect(await wire.next()).not.to.include(sid);
      expect([socket.recovered, socket.id === sid]).to.deep.equal([false, false]);
      expect(socket.rooms).to.deep.equal(new Set([socket.id]));
      expect(socket.data).to.deep.equal({});
    },
  })),
  ...(["client namespace disconnect", "server namespace disconnect"] as const).map((reason) => ({
    title: `does not recover after a ${reason}`,
    options: RECOVERY,
    async run(rig: Rig) {
      const wire = await rig.open();
      const connected = next(rig.io, "connection");
      wire.send("0");
      const { sid, pid } = JSON.parse((await wire.next()).slice(1)) as Offered;
      const [before] = (await connected) as [Socket];
      rig.io.emit("first");
      const [, offset] = JSON.parse((await wire.next()).slice(1)) as [string, string];
      const gone = next(before, "disconnect");
      if (reason === "client namespace disconnect") wire.send("1");
      else before.disconnect();
      expect((await gone)[0]).to.equal(reason);
      const { socket } = await comeBack(rig, { pid, offset });
      expect([socket.recovered, socket.id === sid]).to.deep.equal([false, false]);
    },
  })),
  {
    title: "does not run middlewares for a client that comes back by default",
    options: RECOVERY,
    async run(rig) {
      const seen: boolean[] = [];
      rig.io.use((socket, go) => {
        seen.push(socket.recovered);
        go();
      });
      const { pid, offset } = await cutOff(rig);
      await comeBack(rig, { pid, offset });
      expect(seen).to.deep.equal([false]);
    },
  },
  {
    title: "runs them with skipMiddlewares: false",
    options: { connectionStateRecovery: { skipMiddlewares: false } },
    async run(rig) {
      const seen: boolean[] = [];
      rig.io.use((socket, go) => {
        seen.push(socket.recovered);
        go();
      });
      const { pid, offset } = await cutOff(rig);
      const { socket } = await comeBack(rig, { pid, offset });
      expect(seen).to.deep.equal([false, true]);
      expect(socket.recovered).to.equal(true);
    },
  },
  {
    title: "recovers an official client: flag, id, data, rooms and what it missed in order",
    options: RECOVERY,
    async run(rig) {
      const { client, socket } = await rig.connect();
      const { id } = client;
      socket.data.user = "ada";
      socket.join("room");
      const heard: unknown[] = [];
      client.onAny((name) => heard.push(name));
      rig.io.emit("first");
      await next(client, "first");
      await interrupt(client, socket);
      rig.io.to("room").emit("missed 1");
      rig.io.emit("missed 2", Buffer.of(1));
      const [connected, , [bytes]] = (await Promise.all([
        next(rig.io, "connection"),
        next(client, "connect"),
        next(client, "missed 2"),
        client.connect(),
      ])) as unknown as [[Socket], unknown, [Buffer]];
      const [again] = connected;
      expect([client.id, client.recovered]).to.deep.equal([id, true]);
      expect([again.id, again.recovered, again.data]).to.deep.equal([id, true, { user: "ada" }]);
      expect(again.rooms).to.deep.equal(new Set([id, "room"]));
      expect(heard).to.deep.equal(["first", "missed 1", "missed 2"]);
      expect(Buffer.from(bytes)).to.deep.equal(Buffer.of(1));
    },
  },
  {
    title: "does not recover a client that has received nothing yet",
    options: RECOVERY,
    async run(rig) {
      const { client, socket } = await rig.connect();
      await interrupt(client, socket);
      const [[again]] = (await Promise.all([next(rig.io, "connection"), client.connect()])) as unknown as [
        [Socket],
      ];
      expect([again.recovered, again.id === socket.id]).to.deep.equal([false, false]);
    },
  },
];
