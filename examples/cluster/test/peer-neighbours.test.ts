import { FakeClock } from "@towline/core";
import { expect } from "chai";
import type { Chat } from "../../chat/src/chat.ts";
import type { Entry, Member } from "../../chat/src/protocol.ts";
import { PeerNeighbours, type PeerServer } from "../src/peer-neighbours.ts";

type Listener = (...args: unknown[]) => void;

/** Servers that hear one another at once. */
class Bus {
  readonly #listeners = new Map<object, Map<string, Listener>>();

  join(): PeerServer {
    const own = new Map<string, Listener>();
    const others = (event: string) =>
      this.#listeners.has(server)
        ? [...this.#listeners.values()].filter((map) => map !== own).flatMap((map) => map.get(event) ?? [])
        : [];
    const server = {
      on: (event: string, listener: Listener) => own.set(event, listener),
      serverSideEmit: (event: string, ...args: unknown[]) => {
        for (const listener of others(event)) listener(...args);
        return true;
      },
      serverSideEmitWithAck: (event: string) =>
        Promise.all(others(event).map((listener) => new Promise((resolve) => listener(resolve)))),
    };
    this.#listeners.set(server, own);
    return server as unknown as PeerServer;
  }

  /** It is not heard of any more, and hears nothing. */
  cut(server: PeerServer): void {
    this.#listeners.delete(server);
  }
}

/** What a chat has been told by its neighbours. */
class FakeChat {
  readonly heardOf: string[] = [];
  readonly entries: Entry[] = [];
  readonly chat = {
    heard: (room: string) => this.heardOf.push(room),
    remember: (entry: Entry) => this.entries.push(entry),
    rooms: { all: () => [{ history: { since: () => ({ entries: this.entries, resumed: false }) } }] },
  } as unknown as Chat;
}

const ada: Member = { id: "a", name: "Ada", away: false };
const entry = { id: "1", room: "lobby", kind: "text", text: "Hi" } as Entry;

describe("neighbours over server-side events", () => {
  let clock: FakeClock;
  let bus: Bus;
  beforeEach(() => {
    clock = new FakeClock();
    bus = new Bus();
  });
  const start = async (name: string) => {
    const server = bus.join();
    const neighbours = new PeerNeighbours(server, name, clock);
    const fake = new FakeChat();
    await neighbours.meet(fake.chat);
    return { server, neighbours, ...fake };
  };

  it("tell who is where, and each change once", async () => {
    const [one, two] = [await start("1"), await start("2")];
    one.neighbours.changed("lobby", [ada]);
    expect(two.neighbours.members("lobby")).to.deep.equal([ada]);
    clock.advance(2_000);
    expect(two.heardOf).to.deep.equal(["lobby"]);
    expect(one.heardOf).to.deep.equal([]);
    one.neighbours.changed("lobby", []);
    expect(two.neighbours.members("lobby")).to.deep.equal([]);
    for (const { neighbours } of [one, two]) neighbours.close();
  });

  it("take one who is present somewhere for present", async () => {
    const [one, two, three] = [await start("1"), await start("2"), await start("3")];
    one.neighbours.changed("lobby", [{ ...ada, away: true }]);
    expect(three.neighbours.members("lobby")).to.deep.equal([{ ...ada, away: true }]);
    two.neighbours.changed("lobby", [ada]);
    expect(three.neighbours.members("lobby")).to.deep.equal([ada]);
    for (const { neighbours } of [one, two, three]) neighbours.close();
  });

  it("know which names others bear", async () => {
    const [one, two] = [await start("1"), await start("2")];
    one.neighbours.changed("lobby", [ada]);
    expect(two.neighbours.isTaken("ADA", "b")).to.equal(true);
    expect(two.neighbours.isTaken("Ada", "a")).to.equal(false);
    expect(two.neighbours.isTaken("Bob", "b")).to.equal(false);
    for (const { neighbours } of [one, two]) neighbours.close();
  });

  it("forget a server that falls silent, and those who came through it", async () => {
    const [one, two] = [await start("1"), await start("2")];
    one.neighbours.changed("lobby", [ada]);
    bus.cut(one.server);
    one.neighbours.close();
    clock.advance(3_000);
    expect(two.neighbours.members("lobby")).to.deep.equal([ada]);
    clock.advance(2_000);
    expect(two.neighbours.members("lobby")).to.deep.equal([]);
    expect(two.heardOf).to.deep.equal(["lobby", "lobby"]);
    two.neighbours.close();
    expect(clock.pending).to.equal(0);
  });

  it("carry what is written, and tell a newcomer what was", async () => {
    const [one, two] = [await start("1"), await start("2")];
    one.neighbours.wrote(entry);
    expect(two.entries).to.deep.equal([entry]);
    const three = await start("3");
    expect(three.entries).to.deep.equal([entry]);
    for (const { neighbours } of [one, two, three]) neighbours.close();
  });
});
