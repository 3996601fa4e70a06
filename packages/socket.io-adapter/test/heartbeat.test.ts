import { FakeClock } from "@towline/core";
import { ClusterAdapterWithHeartbeat, type ClusterMessage, MessageType } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { Bus, type ClusterStation, makeBeatingStation } from "./support/bus.ts";
import { event, settled, to } from "./support/fake-namespace.ts";
import { OURS, REFERENCE } from "./support/variants.ts";

const INTERVAL_MS = 100;
const TIMEOUT_MS = 300;
const TIMES = { heartbeatInterval: INTERVAL_MS, heartbeatTimeout: TIMEOUT_MS };

const HEARTBEAT = { type: MessageType.HEARTBEAT, nsp: "/n" };

function setUp(servers: number) {
  const clock = new FakeClock();
  const bus = new Bus();
  const stations = Array.from({ length: servers }, () => makeBeatingStation(OURS, bus, TIMES, clock));
  return { clock, bus, stations: stations as [ClusterStation, ClusterStation, ClusterStation] };
}

/** Lets time pass, and what is sent arrive as it is sent. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += INTERVAL_MS / 4) {
    clock.advance(INTERVAL_MS / 4);
    await settled();
  }
}

const counts = (stations: readonly ClusterStation[]) =>
  Promise.all(stations.map((station) => station.serverCount()));

/** The process of a server dies. */
function kill(bus: Bus, station: ClusterStation): void {
  bus.stations.delete(station);
  Object.assign(station, { doPublish: async () => "", doPublishResponse: async () => {} });
}

describe("cluster adapter with heartbeat", () => {
  it("gets to know the others, whoever comes first", async () => {
    const { stations } = setUp(3);
    expect(await stations[0].serverCount()).to.equal(1);
    for (const station of stations) {
      station.init();
      await settled();
    }
    await settled();
    expect(await counts(stations)).to.deep.equal([3, 3, 3]);
  });

  it("gives a sign of life when it has given none for the interval", async () => {
    const { bus, clock, stations } = setUp(1);
    const [here] = stations;
    const types = () => bus.messages.splice(0).map(({ type }) => type);
    here.init();
    expect(types()).to.deep.equal([MessageType.INITIAL_HEARTBEAT]);
    clock.advance(INTERVAL_MS - 1);
    expect(types()).to.deep.equal([]);
    clock.advance(1);
    expect(types()).to.deep.equal([MessageType.HEARTBEAT]);
    clock.advance(INTERVAL_MS / 2);
    await here.serverSideEmit(["e"]);
    expect(types()).to.deep.equal([MessageType.SERVER_SIDE_EMIT]);
    clock.advance(INTERVAL_MS / 2);
    expect(types()).to.deep.equal([]);
    clock.advance(INTERVAL_MS / 2);
    expect(types()).to.deep.equal([MessageType.HEARTBEAT]);
  });

  it("answers a newcomer at once", async () => {
    const { bus, stations } = setUp(1);
    stations[0].init();
    bus.messages.length = 0;
    stations[0].onMessage({ type: MessageType.INITIAL_HEARTBEAT, uid: "new", nsp: "/n" });
    expect(bus.messages.map(({ type }) => type)).to.deep.equal([MessageType.HEARTBEAT]);
    expect(await stations[0].serverCount()).to.equal(2);
  });

  it("forgets a server that says that it goes", async () => {
    const { stations } = setUp(2);
    for (const station of stations) station.init();
    await settled();
    await settled();
    stations[1].close();
    await settled();
    expect(await stations[0].serverCount()).to.equal(1);
  });

  it("forgets a server that is silent for the timeout, and no other", async () => {
    const { bus, clock, stations } = setUp(3);
    for (const station of stations) station.init();
    await settled();
    kill(bus, stations[1]);
    await pass(clock, TIMEOUT_MS - INTERVAL_MS);
    expect(await stations[0].serverCount()).to.equal(3);
    await pass(clock, INTERVAL_MS + 1);
    expect(await counts([stations[0], stations[2]])).to.deep.equal([2, 2]);
  });

  it("takes any message for a sign of life", async () => {
    const { clock, stations } = setUp(1);
    const [here] = stations;
    const other = { uid: "other", nsp: "/n" };
    here.onMessage({ ...other, ...HEARTBEAT } as ClusterMessage);
    clock.advance(TIMEOUT_MS - 1);
    here.onMessage({ ...other, type: MessageType.SERVER_SIDE_EMIT, data: { packet: ["e"] } });
    clock.advance(TIMEOUT_MS - 1);
    expect(await here.serverCount()).to.equal(2);
    clock.advance(1);
    expect(await here.serverCount()).to.equal(1);
  });

  it("takes responses where it takes messages, and for signs of life", async () => {
    const { bus, stations } = setUp(2);
    bus.hasOneWay = true;
    for (const station of stations) station.init();
    await settled();
    await settled();
    stations[1].nsp.add("b");
    expect((await stations[0].fetchSockets(to([]))).map(({ id }) => id)).to.deep.equal(["b"]);
    const response = { type: MessageType.BROADCAST_ACK, uid: "new", nsp: "/n", data: { requestId: "1" } };
    stations[0].onMessage(response as unknown as ClusterMessage);
    expect(await stations[0].serverCount()).to.equal(3);
  });

  for (const [title, message] of [
    ["a program that only emits", { ...HEARTBEAT, uid: "emitter" }],
    ["a message without an id", { ...HEARTBEAT, uid: undefined }],
    ["a server of another namespace", { ...HEARTBEAT, uid: "other", nsp: "/other" }],
    ["a malformed message", { uid: "other", nsp: "/n", type: MessageType.BROADCAST }],
  ] as const)
    it(`does not take ${title} for a server`, async () => {
      const { stations } = setUp(1);
      stations[0].onMessage(message as unknown as ClusterMessage);
      expect(await stations[0].serverCount()).to.equal(1);
    });

  describe("whose requests meet the death of a server", () => {
    const cluster = async () => {
      const parts = setUp(3);
      const { bus, clock, stations } = parts;
      for (const [i, station] of stations.entries()) {
        station.nsp.add(`s${i}`);
        station.init();
      }
      await settled();
      await settled();
      stations[2].nsp.onServerSideEvent = (args) => (args.at(-1) as (value: string) => void)("alive");
      kill(bus, stations[1]);
      await pass(clock, INTERVAL_MS);
      return parts;
    };

    it("ends fetching sockets with those of the others", async () => {
      const { clock, stations } = await cluster();
      let ids: string[] | undefined;
      void stations[0].fetchSockets(to([])).then((found) => (ids = found.map(({ id }) => id)));
      await settled();
      await settled();
      expect(ids).to.equal(undefined);
      await pass(clock, TIMEOUT_MS);
      expect(ids).to.deep.equal(["s0", "s2"]);
    });

    it("ends emitting to servers with the answers of the others", async () => {
      const { clock, stations } = await cluster();
      const outcomes: unknown[] = [];
      void stations[0].serverSideEmit(["e", (...args: unknown[]) => outcomes.push(args)]);
      await settled();
      await settled();
      expect(outcomes).to.deep.equal([]);
      await pass(clock, TIMEOUT_MS);
      expect(outcomes).to.deep.equal([[null, ["alive"]]]);
    });

    it("says that the dead one has asked nobody", async () => {
      const { clock, stations } = await cluster();
      const asked: number[] = [];
      stations[0].broadcastWithAck(
        event("q"),
        to([], [], { timeout: 60_000 }),
        (count) => asked.push(count),
        () => {},
      );
      await settled();
      await settled();
      expect(asked).to.deep.equal([1, 1]);
      await pass(clock, TIMEOUT_MS);
      expect(asked).to.deep.equal([1, 1, 0]);
      stations[0].onMessage({ type: MessageType.ADAPTER_CLOSE, uid: stations[2].uid, nsp: "/n" });
      expect(asked).to.deep.equal([1, 1, 0]);
    });

    it("ends at once when the server says that it goes", async () => {
      const { stations } = await cluster();
      const [here, dead] = stations;
      const outcomes: unknown[] = [];
      void here.serverSideEmit(["e", (...args: unknown[]) => outcomes.push(args)]);
      await settled();
      await settled();
      here.onMessage({ type: MessageType.ADAPTER_CLOSE, uid: dead.uid, nsp: "/n" });
      expect(outcomes).to.deep.equal([[null, ["alive"]]]);
    });

    it("ignores the answer of a server that it does not know", async () => {
      const { bus, stations } = await cluster();
      let ids: string[] | undefined;
      void stations[0].fetchSockets(to([])).then((found) => (ids = found.map(({ id }) => id)));
      await settled();
      const { requestId } = (bus.messages.at(-1) as { data: { requestId: string } }).data;
      stations[0].onResponse({
        type: MessageType.FETCH_SOCKETS_RESPONSE,
        uid: "stranger",
        nsp: "/n",
        data: { requestId, sockets: [{ id: "strange" }] },
      });
      await settled();
      expect(ids).to.equal(undefined);
      stations[0].onMessage({ type: MessageType.ADAPTER_CLOSE, uid: stations[1].uid, nsp: "/n" });
      await settled();
      expect(ids).to.deep.equal(["s0", "s2"]);
    });

    it("says how many answers are missing when a living server does not answer in time", async () => {
      const { bus, clock, stations } = setUp(2);
      for (const station of stations) station.init();
      await settled();
      await settled();
      bus.isDeaf = true;
      let message: string | undefined;
      stations[0]
        .fetchSockets(to([], [], { timeout: 50 }))
        .catch((error: Error) => (message = error.message));
      await settled();
      clock.advance(50);
      await settled();
      expect(message).to.equal("timeout reached: missing 1 responses");
    });
  });

  it("leaves no timer, sends nothing and hears nothing once it is closed", async () => {
    const { bus, clock, stations } = setUp(2);
    for (const station of stations) station.init();
    await settled();
    await settled();
    let error: Error | undefined;
    void stations[0].serverSideEmit(["e", (reason: Error) => (error = reason)]);
    expect(clock.pending).to.be.above(0);
    for (const station of stations) station.close();
    stations[0].close();
    expect(error?.message).to.equal("the adapter has been closed");
    expect(bus.messages.filter(({ type }) => type === MessageType.ADAPTER_CLOSE).length).to.equal(2);
    await settled();
    expect(clock.pending).to.equal(0);
    await stations[0].addSockets(to([]), ["x"]);
    expect(clock.pending).to.equal(0);
    bus.messages.length = 0;
    stations[0].onMessage({ type: MessageType.INITIAL_HEARTBEAT, uid: "late", nsp: "/n" });
    clock.advance(TIMEOUT_MS * 4);
    expect(bus.messages).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
    expect(await stations[0].serverCount()).to.equal(1);
  });

  it("goes on giving signs of life while the bus fails", async () => {
    const { bus, clock, stations } = setUp(1);
    bus.failure = new Error("the broker is down");
    stations[0].init();
    await pass(clock, INTERVAL_MS * 3);
    bus.failure = undefined;
    await pass(clock, INTERVAL_MS);
    expect(bus.messages.map(({ type }) => type)).to.deep.equal([MessageType.HEARTBEAT]);
  });

  it("refuses times that are none, naming each", () => {
    const make = () =>
      makeBeatingStation(OURS, new Bus(), { heartbeatInterval: 0, heartbeatTimeout: Number.NaN });
    expect(make).to.throw(
      TypeError,
      /heartbeatInterval must be .*, got 0; heartbeatTimeout must be .*, got NaN/,
    );
    expect(ClusterAdapterWithHeartbeat.length).to.equal(2);
  });

  it("shares a cluster with servers of the reference: each knows the other, and hears it go", async () => {
    const bus = new Bus();
    const times = { heartbeatInterval: 5_000, heartbeatTimeout: 10_000 };
    const stations = [REFERENCE, OURS, REFERENCE, OURS].map((library) =>
      makeBeatingStation(library, bus, times),
    );
    for (const station of stations) {
      station.init();
      await settled();
    }
    await settled();
    expect(await counts(stations)).to.deep.equal([4, 4, 4, 4]);
    for (const [i, station] of stations.entries()) {
      station.nsp.add(`s${i}`);
      station.nsp.onServerSideEvent = (args) => (args.at(-1) as (value: number) => void)(i);
    }
    for (const [i, station] of stations.entries()) {
      const found = await station.fetchSockets(to([]));
      expect(found.map(({ id }) => id)).to.have.members(["s0", "s1", "s2", "s3"]);
      const answers = await new Promise((resolve) => {
        void station.serverSideEmit(["e", (error: unknown, each: unknown) => resolve([error, each])]);
      });
      expect(answers).to.deep.equal([null, [0, 1, 2, 3].filter((each) => each !== i)]);
    }
    stations[0]?.close();
    stations[1]?.close();
    await settled();
    expect(await counts(stations.slice(2))).to.deep.equal([2, 2]);
    for (const station of stations.slice(2)) station.close();
  });
});
