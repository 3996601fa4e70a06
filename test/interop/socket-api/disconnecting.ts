import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Joined, Rig } from "./rig.ts";

/** What ends a socket, and how `disconnecting` and `disconnect` tell of it. */
interface Cause {
  readonly title: string;
  readonly reason: string;
  readonly options?: Behaviour["options"];
  /** Whether another namespace of the same connection goes on. */
  readonly leavesConnection?: boolean;
  happen(joined: Joined, rig: Rig): unknown;
}

const CAUSES: readonly Cause[] = [
  {
    title: "the client sends DISCONNECT",
    reason: "client namespace disconnect",
    leavesConnection: true,
    happen: ({ wire }) => wire.send("1/chat,"),
  },
  {
    title: "the server says disconnect()",
    reason: "server namespace disconnect",
    leavesConnection: true,
    happen: ({ socket }) => socket.disconnect(),
  },
  {
    title: "the server says disconnect(false)",
    reason: "server namespace disconnect",
    leavesConnection: true,
    happen: ({ socket }) => socket.disconnect(false),
  },
  {
    title: "the server says disconnect(true)",
    reason: "server namespace disconnect",
    happen: ({ socket }) => socket.disconnect(true),
  },
  {
    title: "the client closes its connection",
    reason: "transport close",
    happen: ({ wire }) => wire.close(),
  },
  {
    title: "the connection is cut",
    reason: "transport close",
    happen: ({ wire }) => wire.terminate(),
  },
  {
    title: "the client breaks the protocol of WebSockets",
    reason: "transport error",
    happen: ({ wire }) => wire.break(),
  },
  {
    title: "a packet is malformed",
    reason: "forced close",
    happen: ({ wire }) => wire.send("nonsense"),
  },
  {
    title: "an engine packet is malformed",
    reason: "parse error",
    happen: ({ wire }) => wire.sendRaw("nonsense"),
  },
  {
    title: "bytes come that no packet announced",
    reason: "forced close",
    happen: ({ wire }) => wire.send(Buffer.of(1)),
  },
  {
    title: "the client shows no sign of life",
    reason: "ping timeout",
    options: { pingInterval: 10, pingTimeout: 10 },
    happen() {},
  },
  {
    title: "the server is closed",
    reason: "server shutting down",
    happen: (_joined, { io }) => io.close(),
  },
  {
    title: "the session is closed on the server",
    reason: "forced close",
    happen: ({ socket }) => socket.conn.close(),
  },
  {
    title: "the engine is closed",
    reason: "forced close",
    happen: (_joined, { io }) => io.engine.close(),
  },
  {
    title: "the client speaks to a namespace that it is not in",
    reason: "forced close",
    happen: ({ wire }) => wire.send('2/nowhere,["x"]'),
  },
  {
    title: "the client joins a namespace twice",
    reason: "forced close",
    happen: ({ wire }) => wire.send("0/chat,"),
  },
];

const told = CAUSES.map(
  ({ title, reason, options, leavesConnection, happen }): Behaviour => ({
    title: `disconnects for "${reason}" when ${title}`,
    ...(options && { options }),
    async run(rig) {
      const joined = await rig.join("/chat");
      const { wire, socket } = joined;
      const { socket: other } = await rig.join("/other", undefined, wire);
      socket.join("room");
      const heard: unknown[][] = [];
      for (const name of ["disconnecting", "disconnect"])
        socket.on(name, (why: unknown) =>
          heard.push([name, why, socket.connected, [...socket.rooms], socket.nsp.sockets.has(socket.id)]),
        );
      const gone = next(socket, "disconnect");
      const otherGone = leavesConnection ? undefined : next(other, "disconnect");
      await happen(joined, rig);
      await gone;
      expect(heard).to.deep.equal([
        ["disconnecting", reason, true, [socket.id, "room"], true],
        ["disconnect", reason, false, [], false],
      ]);
      if (otherGone) expect((await otherGone)[0]).to.equal(reason);
      else expect(other.connected).to.equal(true);
      expect([socket.connected, socket.disconnected]).to.deep.equal([false, true]);
      expect(socket.nsp.adapter.sids.has(socket.id)).to.equal(false);
    },
  }),
);

export const DISCONNECTING: readonly Behaviour[] = [
  ...told,
  {
    title: "tells an official client which side ended it",
    async run(rig) {
      const { client, socket } = await rig.connect({}, "/chat");
      const byServer = next(client, "disconnect");
      socket.disconnect();
      expect((await byServer)[0]).to.equal("io server disconnect");
      const { client: second, socket: another } = await rig.connect();
      const byClient = next(another, "disconnect");
      second.disconnect();
      expect((await byClient)[0]).to.equal("client namespace disconnect");
      const { client: third, socket: last } = await rig.connect();
      const closed = next(third, "disconnect");
      last.disconnect(true);
      expect((await closed)[0]).to.be.oneOf(["io server disconnect", "transport close"]);
    },
  },
  {
    title: "sends DISCONNECT once, and ends the connection after it with true",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      expect(socket.disconnect()).to.equal(socket);
      expect(socket.disconnect()).to.equal(socket);
      expect(await wire.next()).to.equal("1/chat,");
      const { socket: other } = await rig.join("/", undefined, wire);
      other.emit("last");
      other.disconnect(true);
      expect((await wire.upTo("closed"))[0]).to.equal('2["last"]');
    },
  },
  {
    title: "sends what was emitted before and in disconnecting",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.on("disconnecting", () => socket.emit("in disconnecting"));
      socket.emit("before");
      socket.disconnect();
      const packets = await wire.take(3);
      expect(packets[0]).to.equal('2["before"]');
      expect(packets).to.include('2["in disconnecting"]').and.include("1");
    },
  },
  {
    title: "may broadcast to its rooms in disconnecting, and others are told",
    async run(rig) {
      const { socket } = await rig.join();
      const { wire, socket: other } = await rig.join();
      socket.join("room");
      other.join("room");
      socket.on("disconnecting", () => socket.to([...socket.rooms]).emit("left", socket.id));
      socket.disconnect();
      expect(await wire.next()).to.equal(`2["left","${socket.id}"]`);
    },
  },
  {
    title: "gives a description beside the reason where the transport ended, and none elsewhere",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const told = next(socket, "disconnect");
      wire.close();
      expect(await told).to.have.length(2);
      const { socket: another } = await rig.join();
      const plain = next(another, "disconnect");
      another.disconnect();
      expect((await plain)[1]).to.equal(undefined);
    },
  },
  {
    title: "loses events that DISCONNECT follows in the same read",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: string[] = [];
      socket.on("x", () => heard.push("x"));
      const gone = next(socket, "disconnect");
      wire.send('2["x"]', "1");
      await gone;
      await rig.join("/", undefined, wire);
      expect(heard).to.deep.equal([]);
    },
  },
  {
    title: "sends no DISCONNECT, and hears of nothing more, when the client left by itself",
    async run(rig) {
      const { wire, socket } = await rig.join("/chat");
      const gone = next(socket, "disconnect");
      wire.send("1/chat,");
      await gone;
      const { socket: other } = await rig.join("/", undefined, wire);
      socket.disconnect();
      other.emit("end");
      expect(await wire.upTo('2["end"]')).to.deep.equal([]);
    },
  },
  {
    title: "leaves what it joins in disconnecting, and joins nothing in disconnect",
    async run(rig) {
      const { socket } = await rig.join();
      socket.on("disconnecting", () => socket.join("1"));
      socket.on("disconnect", () => socket.join("2"));
      socket.disconnect();
      expect(socket.rooms.size).to.equal(0);
      const { rooms, sids } = rig.io.sockets.adapter;
      expect([rooms.size, sids.size]).to.deep.equal([0, 0]);
    },
  },
  {
    title: "disconnect in the listener of disconnecting and disconnect does nothing more",
    async run(rig) {
      const { wire, socket } = await rig.join();
      let calls = 0;
      socket.on("disconnect", () => {
        calls++;
        socket.disconnect(true);
      });
      socket.disconnect();
      await rig.join("/other", undefined, (await wire.next()) === "1" ? wire : undefined);
      expect(calls).to.equal(1);
    },
  },
];
