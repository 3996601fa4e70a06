import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { adapterOf, type Namespace, type Socket } from "./peers.ts";
import type { Rig } from "./rig.ts";

type Method = (...args: unknown[]) => unknown;

const METHODS = [
  ...["addAll", "del", "delAll", "broadcast", "broadcastWithAck", "sockets", "fetchSockets"],
  ...["addSockets", "delSockets", "disconnectSockets", "serverSideEmit", "persistSession", "restoreSession"],
];

/** Sets by their members, functions by that they are some, packets without their namespace: that is the adapter's. */
function shown(value: unknown): unknown {
  if (value instanceof Set) return [...value];
  if (typeof value === "function") return "function";
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === undefined || key === "nsp" ? [] : [[key, shown(each)]],
    ),
  );
}

/** Has every call of an adapter's method written down, before it is made. */
function record(rig: Rig): unknown[][] {
  const calls: unknown[][] = [];
  const Base = adapterOf(rig.io);
  class Recording extends Base {
    constructor(nsp: Namespace) {
      super(nsp);
      const methods = this as unknown as Record<string, Method | undefined>;
      for (const name of METHODS) {
        const method = methods[name];
        methods[name] = (...args) => {
          calls.push([name, ...args.map(shown)]);
          return method?.apply(this, args);
        };
      }
    }
  }
  rig.io.adapter(Recording);
  return calls;
}

const event = (...data: unknown[]) => ({ type: 2, data });

/** What is done to a namespace, and what its adapter is asked for. */
const ACTS: readonly (readonly [title: string, act: (chat: Namespace) => unknown, calls: unknown[][]])[] = [
  ["emit", (chat) => chat.emit("x", 1), [["broadcast", event("x", 1), { rooms: [], except: [], flags: {} }]]],
  [
    "to, except and flags",
    (chat) => chat.to(["1", "2"]).to("3").except("4").volatile.compress(false).local.timeout(7).emit("x"),
    [
      [
        "broadcast",
        event("x"),
        {
          rooms: ["1", "2", "3"],
          except: ["4"],
          flags: { volatile: true, compress: false, local: true, timeout: 7 },
        },
      ],
    ],
  ],
  [
    "emit with a callback",
    (chat) =>
      chat
        .to("1")
        .timeout(7)
        .emit("x", 1, () => {}),
    [
      [
        "broadcastWithAck",
        event("x", 1),
        { rooms: ["1"], except: [], flags: { timeout: 7 } },
        "function",
        "function",
      ],
    ],
  ],
  [
    "fetchSockets",
    (chat) => chat.in("1").except("2").fetchSockets(),
    [["fetchSockets", { rooms: ["1"], except: ["2"], flags: {} }]],
  ],
  [
    "fetchSockets with a time",
    (chat) => chat.timeout(7).fetchSockets(),
    [["fetchSockets", { rooms: [], except: [], flags: { timeout: 7 } }]],
  ],
  ["allSockets", (chat) => chat.in("1").allSockets(), [["sockets", ["1"]]]],
  [
    "socketsJoin",
    (chat) => chat.local.socketsJoin("1"),
    [["addSockets", { rooms: [], except: [], flags: { local: true } }, ["1"]]],
  ],
  [
    "socketsLeave",
    (chat) => chat.in("1").socketsLeave(["2", "3"]),
    [["delSockets", { rooms: ["1"], except: [], flags: {} }, ["2", "3"]]],
  ],
  [
    "disconnectSockets",
    (chat) => {
      chat.in("1").disconnectSockets();
      chat.in("1").disconnectSockets(true);
    },
    [
      ["disconnectSockets", { rooms: ["1"], except: [], flags: {} }, false],
      ["disconnectSockets", { rooms: ["1"], except: [], flags: {} }, true],
    ],
  ],
];

export const ADAPTER_CALLS: readonly Behaviour[] = [
  ...ACTS.map(
    ([title, act, wanted]): Behaviour => ({
      title: `asks the adapter for ${title}`,
      async run(rig) {
        const calls = record(rig);
        await act(rig.io.of("/chat"));
        expect(calls).to.deep.equal(wanted);
      },
    }),
  ),
  {
    title: "tells the adapter of a socket that comes, joins, leaves and goes",
    async run(rig) {
      const calls = record(rig);
      const { socket } = await rig.join("/chat");
      socket.join(["1", "2"]);
      socket.join("3");
      socket.leave("1");
      socket.disconnect();
      expect(calls).to.deep.equal([
        ["addAll", socket.id, [socket.id]],
        ["addAll", socket.id, ["1", "2"]],
        ["addAll", socket.id, ["3"]],
        ["del", socket.id, "1"],
        ["delAll", socket.id],
      ]);
    },
  },
  {
    title: "asks the adapter for a socket's broadcasts, without the socket",
    async run(rig) {
      const calls = record(rig);
      const { socket } = await rig.join("/chat");
      calls.length = 0;
      socket.to("1").except("2").emit("x");
      socket.volatile.broadcast.emit("y");
      expect(calls).to.deep.equal([
        ["broadcast", event("x"), { rooms: ["1"], except: [socket.id, "2"], flags: {} }],
        ["broadcast", event("y"), { rooms: [], except: [socket.id], flags: { volatile: true } }],
      ]);
    },
  },
  {
    title: "does not ask the adapter for what is sent to one socket",
    async run(rig) {
      const calls = record(rig);
      const { wire, socket } = await rig.join("/chat");
      calls.length = 0;
      socket.emit("x", () => {});
      await wire.next();
      expect(calls).to.deep.equal([]);
    },
  },
  {
    title: "hands what a socket emits to the adapter when it can be recovered",
    options: { connectionStateRecovery: {} },
    async run(rig) {
      const calls = record(rig);
      const { wire, socket } = await rig.join("/chat");
      calls.length = 0;
      socket.emit("x");
      await wire.next();
      expect(calls).to.deep.equal([["broadcast", event("x"), { rooms: [socket.id], except: [], flags: {} }]]);
    },
  },
  {
    title: "has the adapter keep a session that may come back, and asks for it",
    options: { connectionStateRecovery: {} },
    async run(rig) {
      const calls = record(rig);
      const wire = await rig.open();
      const connected = next(rig.io, "connection") as Promise<[Socket]>;
      wire.send("0");
      const { sid, pid } = JSON.parse((await wire.next()).slice(1)) as { sid: string; pid: string };
      const [socket] = await connected;
      socket.data.user = "ada";
      socket.join("room");
      rig.io.emit("first");
      const [, offset] = JSON.parse((await wire.next()).slice(1)) as [string, string];
      calls.length = 0;
      const gone = next(socket, "disconnect");
      wire.close();
      await gone;
      const again = await rig.open();
      again.send(`0${JSON.stringify({ pid, offset })}`);
      await again.next();
      const kept = calls.filter(([name]) => /Session$/.test(String(name)));
      expect(kept).to.have.length(2);
      expect(kept[0]?.[1]).to.deep.include({ sid, pid, rooms: [sid, "room"], data: { user: "ada" } });
      expect(kept[1]).to.deep.equal(["restoreSession", pid, offset]);
    },
  },
  {
    title: "asks the adapter for what is done to a remote socket, by the room of its id",
    async run(rig) {
      const { socket } = await rig.join("/chat");
      class Remote extends adapterOf(rig.io) {
        async fetchSockets() {
          return [{ id: socket.id, handshake: {}, rooms: [], data: {} }];
        }
      }
      rig.io.adapter(Remote);
      const [found] = await rig.io.of("/chat").fetchSockets();
      if (found === undefined) expect.fail("no socket");
      const calls: unknown[][] = [];
      const methods = rig.io.of("/chat").adapter as unknown as Record<string, Method>;
      for (const name of METHODS) methods[name] = (...args) => void calls.push([name, ...args.map(shown)]);
      found.emit("x");
      found.timeout(7).emit("y", () => {});
      found.join("1");
      found.leave("2");
      found.disconnect(true);
      const chosen = (flags: object) => ({ rooms: [socket.id], except: [], flags });
      const single = { expectSingleResponse: true };
      expect(calls).to.deep.equal([
        ["broadcast", event("x"), chosen(single)],
        ["broadcastWithAck", event("y"), chosen({ ...single, timeout: 7 }), "function", "function"],
        ["addSockets", chosen(single), ["1"]],
        ["delSockets", chosen(single), ["2"]],
        ["disconnectSockets", chosen(single), true],
      ]);
    },
  },
  {
    title: "join and leave return the promises of an adapter",
    async run(rig) {
      class Slow extends adapterOf(rig.io) {
        addAll() {
          return Promise.resolve("added");
        }
        del() {
          return Promise.resolve("deleted");
        }
      }
      rig.io.adapter(Slow);
      const { socket } = await rig.join("/chat");
      expect([await socket.join("1"), await socket.leave("1")]).to.deep.equal(["added", "deleted"]);
    },
  },
];
