import { Adapter, type BroadcastOptions, SessionAwareAdapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { walk } from "./support/random-walk.ts";

const OPERATIONS = 200_000;
const WALKS = 8;
const FEW_OPERATIONS = 2_000;

/** Ways in which rooms may be broken. Each has to be found, or the walk is worth nothing. */
const BROKEN: Readonly<Record<string, (nsp: unknown) => Adapter>> = {
  "leaves a socket that is gone in its first room": (nsp) =>
    new (class extends Adapter {
      override delAll(id: string) {
        const [first] = this.sids.get(id) ?? [];
        super.delAll(id);
        if (first !== undefined) this.rooms.set(first, (this.rooms.get(first) ?? new Set()).add(id));
      }
    })(nsp),
  "tells nothing when a socket is gone": (nsp) =>
    new (class extends Adapter {
      override delAll(id: string) {
        for (const room of this.sids.get(id) ?? []) {
          this.rooms.get(room)?.delete(id);
          if (this.rooms.get(room)?.size === 0) this.rooms.delete(room);
        }
        this.sids.delete(id);
      }
    })(nsp),
  "keeps empty rooms": (nsp) =>
    new (class extends Adapter {
      override del(id: string, room: string) {
        if (this.rooms.get(room)?.size !== 1) return super.del(id, room);
        this.sids.get(id)?.delete(room);
        if (this.rooms.get(room)?.delete(id)) this.emit("leave-room", room, id);
      }
    })(nsp),
  "tells of a room before its member": (nsp) => {
    const adapter = new Adapter(nsp);
    const { emit } = adapter;
    const held: unknown[][] = [];
    adapter.emit = (...args) => {
      if (args[0] === "leave-room") held.push(args);
      const emitted = args[0] === "leave-room" ? true : emit.apply(adapter, args);
      if (args[0] === "delete-room")
        for (const each of held.splice(0)) emit.apply(adapter, each as Parameters<typeof emit>);
      return emitted;
    };
    return adapter;
  },
  "tells twice of one who joins again": (nsp) =>
    new (class extends Adapter {
      override addAll(id: string, rooms: Set<string>) {
        for (const room of rooms) if (this.rooms.get(room)?.has(id)) this.emit("join-room", room, id);
        return super.addAll(id, rooms);
      }
    })(nsp),
  "delivers twice to members of two rooms": (nsp) =>
    new (class extends Adapter {
      override broadcast(packet: unknown, options: BroadcastOptions) {
        if (options.rooms.size === 0) super.broadcast(packet, options);
        for (const room of options.rooms) super.broadcast(packet, { ...options, rooms: new Set([room]) });
      }
    })(nsp),
  "forgets the second exception": (nsp) =>
    new (class extends Adapter {
      override broadcast(packet: unknown, options: BroadcastOptions) {
        const [first] = options.except ?? [];
        super.broadcast(packet, { ...options, except: new Set(first === undefined ? [] : [first]) });
      }
    })(nsp),
  "takes an unknown room for everyone": (nsp) =>
    new (class extends Adapter {
      override broadcast(packet: unknown, options: BroadcastOptions) {
        super.broadcast(packet, {
          ...options,
          rooms: new Set([...options.rooms].filter((room) => this.rooms.has(room))),
        });
      }
    })(nsp),
};

describe("rooms under random joins, leaves, emits and disconnects", function () {
  this.timeout(30_000);

  it(`are those of a simple model after ${OPERATIONS} operations`, () => {
    let deliveries = 0;
    for (let seed = 1; seed <= WALKS; seed++)
      deliveries += walk(seed, OPERATIONS / WALKS, (nsp) => new Adapter(nsp)).deliveries;
    expect(deliveries).to.be.above(OPERATIONS / 4);
  });

  it("are the same where packets are kept for sessions", () => {
    walk(9, OPERATIONS / 20, (nsp) => new SessionAwareAdapter(nsp));
  });

  for (const [fault, make] of Object.entries(BROKEN))
    it(`would not be taken for right by an adapter that ${fault}`, () => {
      expect(() => walk(1, FEW_OPERATIONS, make)).to.throw(/expected/);
    });
});
