import { expect } from "chai";
import { next } from "../events.ts";
import { caught } from "./answers.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";

const RECOVERY = { connectionStateRecovery: {} };

/** What our package does where it differs; the reasons stand in `differences.ts`. */
export const OURS: readonly Behaviour[] = [
  {
    title: "close of a server that was attached to nothing resolves",
    async run({ library: { Server } }) {
      let calls = 0;
      await new Server().close(() => calls++);
      expect(calls).to.equal(1);
    },
  },
  {
    title: "answers CONNECT once however often a middleware calls next",
    async run(rig) {
      let connections = 0;
      rig.io.on("connection", () => connections++);
      rig.io.use((_socket, go) => {
        go();
        go();
        go(new Error("late"));
      });
      const { wire, socket } = await rig.join();
      socket.emit("end");
      expect(await wire.upTo('2["end"]')).to.deep.equal([]);
      expect([connections, socket.connected]).to.deep.equal([1, true]);
    },
  },
  {
    title: "writes nothing for a socket after its end",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const { socket: other } = await rig.join("/other", undefined, wire);
      socket.disconnect();
      socket.emit("late");
      other.emit("end");
      expect(await wire.upTo('2/other,["end"]')).to.deep.equal(["1"]);
    },
  },
  ...([undefined, 60_000] as const).map((timeoutMs) => ({
    title: `tells emitWithAck ${timeoutMs ? "with" : "without"} a timeout at once that the socket is gone`,
    async run(rig: Parameters<Behaviour["run"]>[0]) {
      const { wire, socket } = await rig.join();
      const emitter = timeoutMs === undefined ? socket : socket.timeout(timeoutMs);
      const failure = caught(emitter.emitWithAck("x"));
      await wire.next();
      wire.close();
      expect(await failure).to.include({
        message: "socket has been disconnected",
        code: "SIO_ACK_DISCONNECTED",
      });
    },
  })),
  {
    title: "hears events that DISCONNECT or a malformed packet follows in the same read",
    async run(rig) {
      for (const end of ["1", "nonsense"]) {
        const { wire, socket } = await rig.join();
        const heard: unknown[] = [];
        socket.on("x", (value: unknown) => heard.push(value));
        const gone = next(socket, "disconnect");
        wire.send('2["x",1]', '2["x",2]', end);
        await gone;
        expect(heard).to.deep.equal([1, 2]);
      }
    },
  },
  {
    title: "makes one socket when a client asks twice while a middleware is at work",
    async run(rig) {
      const waiting: (() => void)[] = [];
      rig.io.use((_socket, next) => waiting.push(next));
      const wire = await rig.open();
      wire.send("0", "0");
      while (waiting.length === 0) await new Promise(setImmediate);
      for (const next of waiting) next();
      expect(await wire.next()).to.match(/^0\{"sid"/);
      expect([waiting.length, rig.io.of("/").sockets.size]).to.deep.equal([1, 1]);
    },
  },
  {
    title: "asks the sockets of all children from a parent namespace",
    async run(rig) {
      const parent = rig.io.of(/^\/dynamic/);
      for (const name of ["/dynamic-1", "/dynamic-2"]) {
        const { client } = await rig.connect({}, name);
        client.on("x", (answer) => (answer as (value: string) => void)(name));
      }
      expect(await parent.timeout(1000).emitWithAck("x")).to.have.members(["/dynamic-1", "/dynamic-2"]);
      expect(await parent.in([]).fetchSockets()).to.have.length(2);
    },
  },
  {
    title: "names the error of an acknowledgement that came too late",
    async run(rig) {
      const { socket } = await rig.join();
      expect(await caught(socket.timeout(5).emitWithAck("x"))).to.include({ code: "SIO_ACK_TIMEOUT" });
      expect(await caught(rig.io.timeout(5).emitWithAck("x"))).to.include({ code: "SIO_ACK_TIMEOUT" });
    },
  },
  ...["nonsense", Buffer.of(1), "3[4]", "30", '2{"a":1}'].map((packet) => ({
    title: `disconnects for "parse error" when a client sends ${packet.toString("hex")}`,
    async run(rig: Parameters<Behaviour["run"]>[0]) {
      const { wire, socket } = await rig.join();
      const gone = next(socket, "disconnect");
      wire.send(packet);
      const [reason, description] = await gone;
      expect(reason).to.equal("parse error");
      expect(description).to.be.an.instanceof(Error);
    },
  })),
  {
    title: "recovers a client that has received nothing yet",
    options: RECOVERY,
    async run(rig) {
      const { client, socket } = await rig.connect();
      const gone = next(socket, "disconnect");
      client.io.engine.close();
      await gone;
      rig.io.emit("missed", 1);
      const missed = next(client, "missed");
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      client.connect();
      expect((await missed)[0]).to.equal(1);
      const [again] = await connected;
      expect([again.id, again.recovered, client.recovered]).to.deep.equal([socket.id, true, true]);
    },
  },
  {
    title: "has the sockets of all children join, leave and disconnect as their parent is told",
    async run(rig) {
      const parent = rig.io.of(/^\/dynamic/);
      for (const name of ["/dynamic-1", "/dynamic-2"]) parent.createChild(name);
      const { socket: one } = await rig.join("/dynamic-1");
      const { socket: two } = await rig.join("/dynamic-2");
      parent.socketsJoin(["1", "2"]);
      parent.in("1").socketsLeave("2");
      expect([...one.rooms, ...two.rooms]).to.deep.equal([one.id, "1", two.id, "1"]);
      parent.except(one.id).disconnectSockets();
      expect([one.connected, two.connected]).to.deep.equal([true, false]);
    },
  },
  {
    title: "sends CONNECT before what was missed",
    options: RECOVERY,
    async run(rig) {
      const first = await rig.open();
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      first.send("0");
      const { pid } = JSON.parse((await first.next()).slice(1)) as { readonly pid: string };
      const gone = next((await connected)[0], "disconnect");
      first.terminate();
      await gone;
      rig.io.emit("missed");
      const second = await rig.open();
      second.send(`0${JSON.stringify({ pid })}`);
      expect((await second.take(2)).map((packet) => packet[0])).to.deep.equal(["0", "2"]);
    },
  },
  {
    title: "gives a session back that was claimed by a client which left while a middleware was at work",
    options: { connectionStateRecovery: { skipMiddlewares: false } },
    async run(rig) {
      let tries = 0;
      const asked = new Promise<Socket>((resolve) => {
        rig.io.use((socket, go) => {
          if (++tries === 2) resolve(socket);
          else go();
        });
      });
      const first = await rig.open();
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      first.send("0");
      const claim = JSON.parse((await first.next()).slice(1)) as {
        readonly sid: string;
        readonly pid: string;
      };
      const gone = next((await connected)[0], "disconnect");
      first.terminate();
      await gone;
      const second = await rig.open();
      second.send(`0${JSON.stringify({ pid: claim.pid })}`);
      const { conn } = await asked;
      const closed = next(conn, "close");
      second.terminate();
      await closed;
      const third = await rig.open();
      third.send(`0${JSON.stringify({ pid: claim.pid })}`);
      expect(JSON.parse((await third.next()).slice(1))).to.have.property("sid", claim.sid);
    },
  },
  {
    title: "never has two sockets of one id: a second claim of it ends the connection of the first",
    options: RECOVERY,
    async run(rig) {
      const first = await rig.open();
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      first.send("0");
      const { sid, pid } = JSON.parse((await first.next()).slice(1)) as { sid: string; pid: string };
      const [before] = await connected;
      const second = await rig.open();
      const again = next(rig.io, "connection") as Promise<[Socket]>;
      second.send(`0${JSON.stringify({ pid })}`);
      expect(JSON.parse((await second.next()).slice(1))).to.have.property("sid", sid);
      const [after] = await again;
      await first.upTo("closed");
      expect([before.connected, after.connected, after.recovered]).to.deep.equal([false, true, true]);
      expect([...rig.io.sockets.sockets]).to.deep.equal([[sid, after]]);
      expect(after.rooms).to.deep.equal(new Set([sid]));
      rig.io.to(sid).emit("x");
      expect(await second.next()).to.match(/^2\["x",/);
    },
  },
];
