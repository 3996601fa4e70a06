import { Adapter, type Session } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { randomSource } from "./support/random-walk.ts";
import { Recovering } from "./support/recovering.ts";

const CLIENTS = 8;
const ROOMS = ["x", "y", "z"];
const DURATION_MS = 600;
const STEPS = 4_000;
const SEEDS = 6;

interface Client {
  readonly id: string;
  readonly rooms: Set<string>;
  /** What it should have got so far, and what it has. */
  wanted: number[];
  got: number[];
  offset: string | undefined;
  state: "connected" | "cut" | "gone" | "claiming";
  session?: Session;
}

/**
 * Clients that change rooms, and whose connections break, which the server notices later, and that come back later still, while events are sent.
 * Whoever is let back in must have got every event that was for it, once, in order; or be told that it starts anew.
 *
 * @param spoil makes the adapter worse.
 */
async function walk(seed: number, spoil: (r: Recovering) => void = () => {}) {
  const random = randomSource(seed);
  const r = new Recovering({ maxDisconnectionDuration: DURATION_MS, maxPackets: 40, maxBytes: 1_900 });
  spoil(r);
  const some = () => ROOMS.filter(() => random(3) === 0);
  let made = 0;
  const start = (): Client => {
    const client: Client = {
      id: `c${++made}`,
      rooms: new Set(some()),
      wanted: [],
      got: [],
      offset: undefined,
      state: "connected",
    };
    r.add(client.id, ...client.rooms);
    return client;
  };
  const clients = Array.from({ length: CLIENTS }, start);
  const tally = { recovered: 0, anew: 0, missed: 0 };
  let sent = 0;

  const receive = (client: Client, [, number, offset]: unknown[]) => {
    client.got.push(number as number);
    client.offset = offset as string;
  };
  const anyone = (): Client => clients[random(CLIENTS)] as Client;
  const emit = () => {
    const to = random(8) === 0 ? [] : random(4) === 0 ? [anyone().id] : some();
    const except = random(3) > 0 ? [] : random(2) === 0 ? [anyone().id] : some();
    const number = ++sent;
    for (const client of clients) {
      const mine = [client.id, ...client.rooms];
      const isIn = (room: string) => mine.includes(room);
      if ((to.length === 0 || to.some(isIn)) && !except.some(isIn)) client.wanted.push(number);
    }
    r.emit(number, to, except);
    for (const client of clients) {
      const inbox = r.nsp.sockets.get(client.id)?.delivered.splice(0) ?? [];
      // What is sent on a broken connection goes nowhere.
      if (client.state === "connected") for (const { data } of inbox) receive(client, data ?? []);
    }
  };
  const startAnew = (index: number) => {
    tally.anew++;
    clients[index] = start();
  };
  const move = () => {
    const { id, rooms } = anyone();
    const socket = r.nsp.sockets.get(id);
    const [room = "x"] = some();
    if (socket === undefined) return;
    if (rooms.delete(room)) socket.leave(room);
    else {
      rooms.add(room);
      socket.join(room);
    }
  };
  const step = async (index: number) => {
    const client = clients[index] as Client;
    const { id } = client;
    if (client.state === "connected") client.state = "cut";
    else if (client.state === "cut") {
      r.lose(id);
      client.state = "gone";
    } else if (client.state === "gone") {
      const session = await r.adapter.restoreSession(`token of ${id}`, client.offset);
      if (session === null) return startAnew(index);
      client.session = session;
      client.state = "claiming";
    } else {
      const missed = r.adapter.missedPackets(client.session as Session, client.offset);
      if (missed === undefined) return startAnew(index);
      r.nsp.add(id, ...client.rooms);
      for (const data of missed) receive(client, data);
      client.state = "connected";
      tally.recovered++;
      tally.missed += missed.length;
      expect(client.got, `${id}, seed ${seed}`).to.deep.equal(client.wanted);
    }
  };

  for (let i = 0; i < STEPS; i++) {
    r.clock.advance(random(20));
    const chance = random(10);
    if (chance < 3) await step(random(CLIENTS));
    else if (chance < 5) move();
    else emit();
  }
  return tally;
}

describe("recovery at random", function () {
  this.timeout(20_000);

  it("gives each client every event once, in order, or lets it start anew", async () => {
    const all = { recovered: 0, anew: 0, missed: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { recovered, anew, missed } = await walk(seed);
      all.recovered += recovered;
      all.anew += anew;
      all.missed += missed;
    }
    // Both must happen often, or nothing is shown.
    expect(all.recovered).to.be.above(500);
    expect(all.missed).to.be.above(500);
    expect(all.anew).to.be.above(50);
  });

  for (const [fault, spoil] of [
    [
      "does not note who leaves",
      ({ adapter }) => {
        adapter.del = Adapter.prototype.del;
      },
    ],
    [
      "forgets its last packet",
      ({ adapter }) => {
        const { missedPackets } = adapter;
        adapter.missedPackets = (...args) => missedPackets.apply(adapter, args)?.slice(0, -1);
      },
    ],
    [
      "takes what it missed from the time of its return alone",
      ({ adapter }) => {
        adapter.missedPackets = (session) => (session as Session).missedPackets;
      },
    ],
    [
      "does not keep what comes while a session is claimed",
      ({ adapter }) => {
        const { restoreSession } = adapter;
        adapter.restoreSession = async (pid, offset) => {
          const session = await restoreSession.call(adapter, pid, offset);
          if (session === null) return session;
          adapter.addAll(session.sid, new Set([session.sid]));
          adapter.delAll(session.sid);
          adapter.missedPackets = (claimed) => (claimed as Session).missedPackets;
          return session;
        };
      },
    ],
  ] as readonly [string, (r: Recovering) => void][])
    it(`would not be taken for right by an adapter that ${fault}`, async () => {
      const failure = await walk(1, spoil).then(
        () => undefined,
        (error: Error) => error,
      );
      expect(failure?.message).to.match(/^c\d+, seed 1: expected/);
    });
});
