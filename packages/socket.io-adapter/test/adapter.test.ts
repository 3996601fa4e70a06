import {
  Adapter,
  type AdapterSocket,
  type BroadcastFlags,
  type NamespacePort,
} from "@towline/socket.io-adapter";
import { PACKET_TYPE, type Packet } from "@towline/socket.io-parser";
import { expect } from "chai";

class FakeSocket implements AdapterSocket<string> {
  readonly id: string;
  readonly delivered: string[] = [];
  readonly acks = new Map<number, (...args: unknown[]) => void>();
  readonly #adapter: () => Adapter<string, FakeSocket>;

  constructor(id: string, adapter: () => Adapter<string, FakeSocket>) {
    this.id = id;
    this.#adapter = adapter;
  }
  deliver(prepared: string, _packet: Packet, flags: BroadcastFlags): void {
    this.delivered.push(flags.volatile === true ? `volatile ${prepared}` : prepared);
  }
  awaitAck(id: number, onAck: (...args: unknown[]) => void): void {
    this.acks.set(id, onAck);
  }
  forgetAck(id: number): void {
    this.acks.delete(id);
  }
  join(rooms: string | string[]): void {
    void this.#adapter().addAll(this.id, new Set(Array.isArray(rooms) ? rooms : [rooms]));
  }
  leave(room: string): void {
    void this.#adapter().del(this.id, room);
  }
  disconnect(): void {
    this.#adapter().delAll(this.id);
  }
}

function setUp(members: Record<string, string[]>) {
  let prepared = 0;
  const sockets = new Map<string, FakeSocket>();
  const nsp: NamespacePort<string, FakeSocket> = {
    name: "/n",
    sockets,
    prepare: (packet) => `${++prepared}:${packet.nsp}:${(packet.data as unknown[])[0]}`,
    nextAckId: () => 7,
  };
  const adapter: Adapter<string, FakeSocket> = new Adapter(nsp);
  const events: unknown[][] = [];
  for (const name of ["create-room", "delete-room", "join-room", "leave-room"])
    adapter.on(name, (...args) => events.push([name, ...args]));
  for (const [id, rooms] of Object.entries(members)) {
    const socket = new FakeSocket(id, () => adapter);
    sockets.set(id, socket);
    socket.join([id, ...rooms]);
  }
  const reached = () =>
    [...sockets.values()].filter(({ delivered }) => delivered.length > 0).map(({ id }) => id);
  return { adapter, sockets, events, reached, preparedCount: () => prepared };
}

const packet = (): Packet => ({ type: PACKET_TYPE.EVENT, nsp: "/", data: ["e"] });
const rooms = (...names: string[]) => new Set(names);

describe("adapter", () => {
  const members = { a: ["x"], b: ["x", "y"], c: ["y"], d: [] };

  for (const [title, options, expected] of [
    ["everyone", { rooms: rooms() }, ["a", "b", "c", "d"]],
    ["a room", { rooms: rooms("x") }, ["a", "b"]],
    ["several rooms, each member once", { rooms: rooms("x", "y") }, ["a", "b", "c"]],
    ["everyone but members of a room", { rooms: rooms(), except: rooms("x") }, ["c", "d"]],
    ["a room but members of another", { rooms: rooms("x"), except: rooms("y", "nobody") }, ["a"]],
    ["nobody in an unknown room", { rooms: rooms("z") }, []],
    ["nobody in a room named like a member of every object", { rooms: rooms("__proto__") }, []],
  ] as const)
    it(`broadcasts to ${title}, encoded once at the most`, () => {
      const { adapter, reached, sockets, preparedCount } = setUp(members);
      adapter.broadcast(packet(), options);
      expect(reached()).to.deep.equal(expected);
      expect(preparedCount()).to.equal(expected.length === 0 ? 0 : 1);
      for (const { delivered } of sockets.values()) expect(delivered.length).to.be.below(2);
    });

  it("writes its namespace into the packet and hands flags on", () => {
    const { adapter, sockets } = setUp({ a: [] });
    adapter.broadcast(packet(), { rooms: rooms(), flags: { volatile: true } });
    expect(sockets.get("a")?.delivered).to.deep.equal(["volatile 1:/n:e"]);
  });

  it("tells of rooms that come and go, and of who joins and leaves, in that order", () => {
    const { adapter, events } = setUp({});
    void adapter.addAll("a", rooms("r"));
    void adapter.addAll("b", rooms("r"));
    void adapter.addAll("b", rooms("r"));
    void adapter.del("a", "r");
    void adapter.del("a", "r");
    void adapter.del("a", "never");
    adapter.delAll("b");
    expect(events).to.deep.equal([
      ["create-room", "r"],
      ["join-room", "r", "a"],
      ["join-room", "r", "b"],
      ["leave-room", "r", "a"],
      ["leave-room", "r", "b"],
      ["delete-room", "r"],
    ]);
    expect(adapter.rooms.size).to.equal(0);
    expect(adapter.socketRooms("b")).to.equal(undefined);
  });

  it("answers who is where", async () => {
    const { adapter } = setUp(members);
    expect(await adapter.sockets(rooms("y"))).to.deep.equal(new Set(["b", "c"]));
    expect((await adapter.fetchSockets({ rooms: rooms("x") })).map(({ id }) => id)).to.deep.equal(["a", "b"]);
    expect(adapter.socketRooms("b")).to.deep.equal(rooms("b", "x", "y"));
    expect(await adapter.serverCount()).to.equal(1);
  });

  it("moves and disconnects everyone selected, though that changes the rooms it walks", () => {
    const { adapter } = setUp(members);
    adapter.addSockets({ rooms: rooms("x") }, ["new", "y"]);
    expect([...(adapter.rooms.get("y") ?? [])]).to.have.members(["a", "b", "c"]);
    adapter.delSockets({ rooms: rooms("y") }, ["y"]);
    expect(adapter.rooms.has("y")).to.equal(false);
    adapter.disconnectSockets({ rooms: rooms() }, true);
    expect(adapter.rooms.size).to.equal(0);
  });

  it("asks each for an acknowledgement, and forgets those that never come", async () => {
    const { adapter, sockets } = setUp(members);
    const answers: unknown[] = [];
    let asked = 0;
    adapter.broadcastWithAck(
      packet(),
      { rooms: rooms("x"), flags: { timeout: 5 } },
      (n) => (asked = n),
      (x) => answers.push(x),
    );
    expect(asked).to.equal(2);
    sockets.get("a")?.acks.get(7)?.("yes");
    expect(answers).to.deep.equal(["yes"]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sockets.get("b")?.acks.size).to.equal(0);
  });
});
