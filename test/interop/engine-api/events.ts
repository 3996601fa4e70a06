import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { packet, shown } from "./packets.ts";
import type { EngineSocket } from "./peers.ts";
import { Journal, type Rig, wireOf } from "./rig.ts";

async function sessionOver(rig: Rig, name: string, revision: 3 | 4) {
  if (name === "websocket") {
    const { socket, webSocket } = await rig.connect(revision);
    return { socket, say: async (text: string) => webSocket.send(text) };
  }
  const { socket, post } = await rig.poll(revision);
  const payload = (text: string) => (revision === 4 ? text : `${text.length}:${text}`);
  return { socket, say: async (text: string) => void (await post(payload(text))) };
}

const overBoth = (
  title: string,
  run: (rig: Rig, name: string, revision: 3 | 4) => Promise<void>,
): Behaviour[] =>
  (["polling", "websocket"] as const).flatMap((name) =>
    ([3, 4] as const).map((revision) => ({
      title: `${title} (${name}, revision ${revision})`,
      run: (rig) => run(rig, name, revision),
    })),
  );

/** What may be sent, and its packet in the payload of a poll. */
const DATA: readonly (readonly [title: string, data: unknown, wire: string])[] = [
  ["no text", "", "4"],
  ["text", "€", "4\xe2\x82\xac"],
  ["a Buffer", Buffer.of(1, 2), "bAQI="],
  ["a Buffer without bytes", Buffer.of(), "b"],
  ["a part of a buffer", new Uint8Array([0, 1, 2, 3]).subarray(1, 3), "bAQI="],
  ["a view of larger numbers", Uint16Array.of(0x0201), "bAQI="],
  ["an ArrayBuffer", Uint8Array.of(1, 2).buffer, "bAQI="],
  ["a DataView", new DataView(Uint8Array.of(0, 1, 2, 3).buffer, 1, 2), "bAQI="],
];

export const EVENTS: readonly Behaviour[] = [
  ...DATA.map(
    ([title, data, wire]): Behaviour => ({
      title: `sends ${title}`,
      async run(rig) {
        const { socket, poll } = await rig.poll();
        socket.send(data);
        expect((await poll()).body).to.equal(wire);
      },
    }),
  ),
  ...overBoth("hands on a socket that is open and known", async (rig, name, revision) => {
    const journal: unknown[] = [];
    rig.engine.on("connection", (socket: EngineSocket) =>
      journal.push(
        socket.readyState,
        socket.protocol,
        socket.transport.name,
        socket.upgrading,
        socket.upgraded,
        socket.remoteAddress,
        socket.server === rig.engine,
        rig.engine.clients[socket.id] === socket,
        rig.engine.clientsCount,
        socket.request._query,
      ),
    );
    await sessionOver(rig, name, revision);
    const query = { EIO: String(revision), transport: name };
    expect(journal).to.deep.equal(["open", revision, name, false, false, "127.0.0.1", true, true, 1, query]);
  }),
  ...overBoth(
    "tells of a message by packet, data and message, in this order",
    async (rig, name, revision) => {
      const { socket, say } = await sessionOver(rig, name, revision);
      const journal = new Journal();
      journal.follow(socket, "", ["packet", "data", "message"], shown);
      const heard = next(socket, "message");
      await say("4hello");
      await heard;
      expect(journal.entries).to.deep.equal([
        ["packet", { type: "message", data: "hello" }],
        ["data", "hello"],
        ["message", "hello"],
      ]);
    },
  ),
  ...overBoth("gives bytes as a Buffer", async (rig, name, revision) => {
    const { socket, say } = await sessionOver(rig, name, revision);
    const heard = next(socket, "message");
    await say(revision === 4 ? "bAQID" : "b4AQID");
    expect(await heard).to.deep.equal([Buffer.of(1, 2, 3)]);
  }),
  ...overBoth("sends text, and says so before", async (rig, name, revision) => {
    const { socket } = await sessionOver(rig, name, revision);
    const created: unknown[] = [];
    socket.on("packetCreate", (each) => created.push(shown(each)));
    expect(socket.send("one")).to.equal(socket);
    expect(socket.write("two", { compress: false })).to.equal(socket);
    socket.send(Buffer.of(1), {});
    expect(created).to.deep.equal([
      packet("message", "one"),
      packet("message", "two", false),
      packet("message", Buffer.of(1)),
    ]);
  }),
  ...overBoth("calls back with the transport that took the message", async (rig, name, revision) => {
    const { socket, poll } =
      name === "polling" ? await rig.poll(revision) : { ...(await rig.connect(revision)), poll: undefined };
    const taken = Promise.all([
      new Promise((resolve) => socket.send("one", {}, resolve)),
      new Promise((resolve) => socket.send("two", resolve)),
      new Promise((resolve) => socket.write("three", undefined, resolve)),
    ]);
    await poll?.();
    const transports = await taken;
    for (const each of transports) expect(each).to.equal(socket.transport);
  }),
  {
    title: "sends what a listener of packetCreate has made of the packet",
    async run(rig) {
      const { socket, received } = await rig.connect();
      socket.on("packetCreate", (each) => {
        each.data = `${each.data}!`;
      });
      socket.send("hello");
      expect((await received.holding(2)).map(wireOf).at(1)).to.equal("4hello!");
    },
  },
  {
    title: "answers a ping of revision 3, and tells of it as of a heartbeat without arguments",
    async run(rig) {
      const { socket, webSocket, received } = await rig.connect(3);
      const journal = new Journal();
      journal.follow(socket, "", ["packet", "packetCreate", "heartbeat"], shown);
      const beat = next(socket, "heartbeat");
      webSocket.send("2");
      expect(await beat).to.deep.equal([]);
      expect(journal.entries).to.deep.equal([
        ["packet", { type: "ping" }],
        ["packetCreate", packet("pong")],
        ["heartbeat"],
      ]);
      expect((await received.holding(2)).map(wireOf).at(1)).to.equal("3");
    },
  },
  {
    title: "pings in revision 4, and tells of the pong as of a heartbeat without arguments",
    options: { pingInterval: 10, pingTimeout: 5_000 },
    async run(rig) {
      const { socket, webSocket } = await rig.connect();
      const [made] = await next(socket, "packetCreate");
      expect(shown(made)).to.deep.equal(packet("ping"));
      const beat = next(socket, "heartbeat");
      webSocket.send("3");
      expect(await beat).to.deep.equal([]);
    },
  },
];
