import { expect } from "chai";
import { RoomModel } from "./room-model.ts";

/** A sequence of numbers that looks random and is the same for the same seed. */
export function randomSource(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface WalkedAdapter {
  rooms: Map<string, Set<string>>;
  sids: Map<string, Set<string>>;
  on(event: string, listener: (...args: string[]) => void): unknown;
  addAll(id: string, rooms: Set<string>): unknown;
  del(id: string, room: string): unknown;
  delAll(id: string): unknown;
  broadcast(packet: unknown, options: { rooms: Set<string>; except: Set<string> }): unknown;
}

const SOCKETS = 24;
const ROOMS = ["x", "y", "z", "__proto__", "r0", "r1", "r2", "r3", "r4", "r5"];
/** How often the tables are compared as a whole. */
const COMPARED_EVERY = 500;

/** Counts deliveries; encodes nothing. */
function walkedNamespace() {
  const delivered: string[] = [];
  const sockets = new Map<string, unknown>();
  const add = (id: string) =>
    sockets.set(id, { id, acks: new Map(), deliver: () => void delivered.push(id) });
  return {
    delivered,
    add,
    name: "/",
    sockets,
    server: { opts: {} },
    prepare: () => ({ byteLength: 1 }),
    nextAckId: () => 0,
  };
}

/**
 * Does the same to an adapter and to the model, and compares deliveries, membership and events.
 *
 * @throws {AssertionError} at the first difference.
 */
export function walk(
  seed: number,
  operations: number,
  makeAdapter: (nsp: unknown) => WalkedAdapter,
): { deliveries: number } {
  const random = randomSource(seed);
  const nsp = walkedNamespace();
  const adapter = makeAdapter(nsp);
  const model = new RoomModel();
  const events: string[] = [];
  let deliveries = 0;
  for (const name of ["create-room", "delete-room", "join-room", "leave-room"])
    adapter.on(name, (...args) => events.push([name, ...args].join(" ")));
  const someRooms = (most: number) =>
    Array.from({ length: random(most + 1) }, () =>
      random(4) === 0 ? `s${random(SOCKETS)}` : (ROOMS[random(ROOMS.length)] as string),
    );

  const join = (id: string) => {
    // The room of its own is among them, whenever it comes.
    const rooms = model.sockets.includes(id) ? someRooms(3) : [id, ...someRooms(3)];
    nsp.add(id);
    adapter.addAll(id, new Set(rooms));
    model.join(id, [...new Set(rooms)]);
  };
  const leave = (id: string) => {
    const [room = "x"] = someRooms(1);
    adapter.del(id, room);
    model.leave(id, room);
  };
  const disconnect = (id: string) => {
    nsp.sockets.delete(id);
    adapter.delAll(id);
    if (model.sockets.includes(id)) model.disconnect(id);
  };
  const emit = () => {
    const [rooms, except] = [someRooms(3), someRooms(2)];
    nsp.delivered.length = 0;
    adapter.broadcast({ type: 2, data: ["e"] }, { rooms: new Set(rooms), except: new Set(except) });
    expect(nsp.delivered.sort(), `to ${rooms} except ${except}`).to.deep.equal(
      model.recipients(rooms, except),
    );
    deliveries += nsp.delivered.length;
  };

  for (let done = 1; done <= operations; done++) {
    const id = `s${random(SOCKETS)}`;
    const chance = random(20);
    if (chance < 7) join(id);
    else if (chance < 13) leave(id);
    else if (chance < 15) disconnect(id);
    else emit();
    if (events.join() !== model.events.join()) expect(events).to.deep.equal(model.events);
    events.length = model.events.length = 0;
    if (done % COMPARED_EVERY === 0) compareTables(adapter, model);
  }
  compareTables(adapter, model);
  return { deliveries };
}

function compareTables({ rooms, sids }: WalkedAdapter, model: RoomModel): void {
  expect(new Map([...sids].map(([id, its]) => [id, [...its].sort()]))).to.deep.equal(
    new Map(model.sockets.map((id) => [id, model.roomsOf(id).sort()])),
  );
  const known = new Set(model.sockets.flatMap((id) => model.roomsOf(id)));
  expect(new Map([...rooms].map(([room, ids]) => [room, [...ids].sort()]))).to.deep.equal(
    new Map([...known].map((room) => [room, model.membersOf(room).sort()])),
  );
}
