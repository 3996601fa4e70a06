/** What our cluster adapter does when the bus, or who is on it, does not do as it should. */
import { FakeClock } from "@towline/core";
import { type ClusterMessage, type ClusterResponse, MessageType } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { Bus, type ClusterStation, makeStation } from "./support/bus.ts";
import { event, type FakeSocket, settled, to } from "./support/fake-namespace.ts";
import { OURS } from "./support/variants.ts";

const OPTIONS = { rooms: [], except: [], flags: {} };
const OTHER = "0123456789abcdef";

function setUp(serverCount = 3) {
  const clock = new FakeClock();
  const bus = new Bus();
  const here = makeStation(OURS, bus, { clock, serverCount: () => Promise.resolve(serverCount) });
  const a = here.nsp.add("a", "x");
  return { clock, bus, here, a };
}

/** Sends a message of another server's. */
const receive = (to: ClusterStation, message: unknown, offset?: string) =>
  to.onMessage({ uid: OTHER, nsp: "/n", ...(message as object) } as ClusterMessage, offset);

/** Answers the last request on the bus. */
function answer(bus: Bus, to: ClusterStation, response: Record<string, unknown>, uid = OTHER): void {
  const { requestId } = (bus.messages.at(-1) as { data: { requestId: string } }).data;
  const { type, nsp = "/n", ...data } = response;
  to.onResponse({ type, nsp, uid, data: { requestId, ...data } } as unknown as ClusterResponse);
}

const sockets = (...ids: string[]) => ({
  type: MessageType.FETCH_SOCKETS_RESPONSE,
  sockets: ids.map((id) => ({ id })),
});

const fetching = (here: ClusterStation, flags = {}) => {
  const outcome: { ids?: string[]; error?: string } = {};
  here.fetchSockets(to([], [], flags)).then(
    (found) => (outcome.ids = found.map(({ id }) => id)),
    (error: Error) => (outcome.error = error.message),
  );
  return outcome;
};

describe("cluster adapter", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  before(() => void process.on("unhandledRejection", note));
  after(() => void process.off("unhandledRejection", note));
  // The end of a process that has no listener for them.
  afterEach("leaves no rejection unhandled", async () => {
    await settled();
    expect(unhandled.splice(0)).to.deep.equal([]);
  });

  describe("that asks", () => {
    it("waits for as many servers as there are", async () => {
      const { bus, here, clock } = setUp();
      const outcome = fetching(here);
      await settled();
      answer(bus, here, sockets("b"), "1");
      await settled();
      expect(outcome).to.deep.equal({});
      answer(bus, here, sockets("c", "d"), "2");
      await settled();
      expect(outcome).to.deep.equal({ ids: ["a", "b", "c", "d"] });
      expect(clock.pending).to.equal(0);
    });

    it("ignores an answer given twice, its own, of another namespace, and to another question", async () => {
      const { bus, here } = setUp();
      const outcome = fetching(here);
      await settled();
      answer(bus, here, sockets("b"), "1");
      answer(bus, here, sockets("b"), "1");
      answer(bus, here, sockets("own"), here.uid);
      answer(bus, here, { ...sockets("foreign"), nsp: "/other" }, "2");
      answer(bus, here, { ...sockets("foreign"), requestId: "0000000000000000" }, "2");
      answer(bus, here, { ...sockets("foreign"), requestId: "__proto__" }, "2");
      await settled();
      expect(outcome).to.deep.equal({});
    });

    for (const [title, flags, timeoutMs] of [
      ["5 seconds", {}, 5_000],
      ["the timeout that it is given", { timeout: 300 }, 300],
    ] as const)
      it(`waits for ${title} at most`, async () => {
        const { bus, here, clock } = setUp();
        const outcome = fetching(here, flags);
        await settled();
        answer(bus, here, sockets("b"), "1");
        clock.advance(timeoutMs - 1);
        await settled();
        expect(outcome).to.deep.equal({});
        clock.advance(1);
        await settled();
        expect(outcome).to.deep.equal({
          error: "timeout reached: only 1 responses received out of 2",
        });
        answer(bus, here, sockets("late"), "2");
        expect(clock.pending).to.equal(0);
      });

    it("gives the answers of servers that it has, with an error, when others do not answer", async () => {
      const { bus, here, clock } = setUp();
      const outcomes: unknown[] = [];
      void here.serverSideEmit([
        "e",
        (error: Error | null, answers: unknown) => outcomes.push(error?.message, answers),
      ]);
      await settled();
      answer(bus, here, { type: MessageType.SERVER_SIDE_EMIT_RESPONSE, packet: { ok: 1 } }, "1");
      answer(bus, here, { type: MessageType.SERVER_SIDE_EMIT_RESPONSE, packet: "again" }, "1");
      clock.advance(5_000);
      expect(outcomes).to.deep.equal(["timeout reached: only 1 responses received out of 2", [{ ok: 1 }]]);
      answer(bus, here, { type: MessageType.SERVER_SIDE_EMIT_RESPONSE, packet: "late" }, "2");
      expect(outcomes.length).to.equal(2);
      expect(clock.pending).to.equal(0);
    });

    it("ends all that it asks when it is closed, though a callback throws", async () => {
      const { here, clock } = setUp();
      const told: string[] = [];
      for (const name of ["first", "second"])
        void here.serverSideEmit([
          name,
          () => {
            told.push(name);
            throw new Error("of the application");
          },
        ]);
      const outcome = fetching(here);
      await new Promise(setImmediate);
      expect(() => here.close()).to.throw("of the application");
      expect(told).to.deep.equal(["first", "second"]);
      await new Promise(setImmediate);
      expect(outcome.error).to.equal("the adapter has been closed");
      expect(clock.pending).to.equal(0);
    });

    it("ends what it asks when it is closed", async () => {
      const { here, clock } = setUp();
      const outcome = fetching(here);
      const outcomes: unknown[] = [];
      void here.serverSideEmit([
        "e",
        (error: Error, answers: unknown) => outcomes.push(error.message, answers),
      ]);
      here.broadcastWithAck(
        event("e"),
        to(["nobody"], [], { timeout: 60_000 }),
        () => {},
        () => {},
      );
      await settled();
      expect(clock.pending).to.equal(3);
      void here.close();
      await settled();
      expect(outcome).to.deep.equal({ error: "the adapter has been closed" });
      expect(outcomes).to.deep.equal(["the adapter has been closed", []]);
      expect(clock.pending).to.equal(0);
    });

    it("tells the caller when the servers cannot be counted", async () => {
      const here = makeStation(OURS, new Bus(), {
        serverCount: () => Promise.reject(new Error("no broker")),
      });
      const outcome = fetching(here);
      const outcomes: unknown[] = [];
      await here.serverSideEmit([
        "e",
        (error: Error, answers: unknown) => outcomes.push(error.message, answers),
      ]);
      await settled();
      expect(outcome).to.deep.equal({ error: "no broker" });
      expect(outcomes).to.deep.equal(["no broker", []]);
    });
  });

  describe("that broadcasts with acknowledgements", () => {
    const ask = (here: ClusterStation, flags = {}) => {
      const counts: number[] = [];
      const answers: unknown[] = [];
      here.broadcastWithAck(
        event("question"),
        to([], [], flags),
        (count) => counts.push(count),
        (each) => answers.push(each),
      );
      return { counts, answers };
    };
    const count = (clientCount: unknown) => ({ type: MessageType.BROADCAST_CLIENT_COUNT, clientCount });
    const ack = (packet: unknown) => ({ type: MessageType.BROADCAST_ACK, packet });

    it("takes one count of each server, and no more answers than clients were asked", () => {
      const { bus, here } = setUp();
      const { counts, answers } = ask(here, { timeout: 100 });
      answer(bus, here, ack("before the count"), "1");
      answer(bus, here, count(2), "1");
      answer(bus, here, count(5), "1");
      answer(bus, here, ack("second"), "1");
      answer(bus, here, ack("one too many"), "1");
      answer(bus, here, count(0), "2");
      answer(bus, here, ack("of nobody"), "2");
      expect(counts).to.deep.equal([1, 2, 0]);
      expect(answers).to.deep.equal(["before the count", "second"]);
    });

    for (const wrong of [-1, 0.5, "2", null, undefined, Number.NaN])
      it(`takes ${String(wrong)} for no count`, () => {
        const { bus, here } = setUp();
        const { counts } = ask(here, { timeout: 100 });
        answer(bus, here, count(wrong), "1");
        expect(counts).to.deep.equal([1]);
      });

    for (const [flags, timeoutMs] of [
      [{ timeout: 100 }, 100],
      [{}, 5_000],
    ] as const)
      it(`forgets it after ${timeoutMs} ms`, () => {
        const { bus, here, clock } = setUp();
        const { counts, answers } = ask(here, flags);
        clock.advance(timeoutMs);
        answer(bus, here, count(1), "1");
        answer(bus, here, ack("late"), "1");
        expect(counts).to.deep.equal([1]);
        expect(answers).to.deep.equal([]);
        expect(clock.pending).to.equal(0);
      });

    it("leaves no entry at a socket: after its answer, or the timeout", () => {
      const { here, a, clock } = setUp();
      const b = here.nsp.add("b");
      ask(here, { timeout: 100 });
      a.acknowledge(a.delivered[0]?.id ?? -1, "yes");
      expect(a.acks.size).to.equal(0);
      expect(b.acks.size).to.equal(1);
      clock.advance(100);
      expect(b.acks.size).to.equal(0);
    });

    for (const [flags, timeoutMs] of [
      [{ timeout: 100 }, 100],
      [{}, 5_000],
    ] as const)
      it(`leaves no entry at a socket that another server asks, after ${timeoutMs} ms`, () => {
        const { here, a, clock } = setUp();
        receive(here, {
          type: MessageType.BROADCAST,
          data: { opts: { ...OPTIONS, flags }, packet: event("q"), requestId: "1" },
        });
        expect(a.acks.size).to.equal(1);
        clock.advance(timeoutMs);
        expect(a.acks.size).to.equal(0);
        expect(clock.pending).to.equal(0);
      });

    it("asks no socket when the packet cannot be encoded", () => {
      const { here, a } = setUp();
      expect(() =>
        here.broadcastWithAck(
          event("e", 2n),
          to([]),
          () => {},
          () => {},
        ),
      ).to.throw(TypeError);
      expect(a.acks.size).to.equal(0);
    });
  });

  describe("whose bus fails", () => {
    const failing = () => {
      const parts = setUp();
      parts.bus.failure = new Error("the broker is down");
      return parts;
    };

    for (const [title, act, wanted] of [
      ["delivers to its own sockets", (here) => here.broadcast(event("e", 1), to(["x"])), [["e", 1]]],
      ["lets its own sockets join", (here) => here.addSockets(to(["x"]), ["y"]), []],
      ["lets its own sockets leave", (here) => here.delSockets(to(["x"]), ["y"]), []],
      ["disconnects its own sockets", (here) => here.disconnectSockets(to(["x"]), true), []],
      ["lets emitting to servers be lost", (here) => here.serverSideEmit(["e"]), []],
    ] as readonly [string, (here: ClusterStation) => Promise<unknown>, unknown[]][])
      it(title, async () => {
        const { here, a } = failing();
        await act(here);
        await settled();
        expect(a.events).to.deep.equal(wanted);
      });

    it("asks its own sockets", async () => {
      const { here, a } = failing();
      const counts: number[] = [];
      here.broadcastWithAck(
        event("q"),
        to([]),
        (count) => counts.push(count),
        () => {},
      );
      await settled();
      expect(counts).to.deep.equal([1]);
      expect(a.acks.size).to.equal(1);
    });

    it("goes on when it cannot answer", async () => {
      const { here } = failing();
      receive(here, { type: MessageType.FETCH_SOCKETS, data: { opts: OPTIONS, requestId: "1" } });
      await settled();
    });

    it("goes on when publishing throws at once", async () => {
      const { here, a } = setUp();
      Object.assign(here, {
        doPublish() {
          throw new Error("not connected");
        },
        doPublishResponse() {
          throw new Error("not connected");
        },
      });
      await here.broadcast(event("e"), to([]));
      receive(here, { type: MessageType.FETCH_SOCKETS, data: { opts: OPTIONS, requestId: "1" } });
      await settled();
      expect(a.events).to.deep.equal([["e"]]);
    });
  });

  describe("of a cluster that keeps a log", () => {
    /** Publishing ends when the test says so. */
    const slow = () => {
      const parts = setUp();
      parts.here.nsp.server.opts.connectionStateRecovery = { maxDisconnectionDuration: 60_000 };
      const publications: { resolve(offset: string): void; reject(error: Error): void }[] = [];
      Object.assign(parts.here, {
        doPublish: () => new Promise((resolve, reject) => publications.push({ resolve, reject })),
      });
      return { ...parts, publications };
    };

    it("delivers in the order of broadcasting, whatever the order of offsets", async () => {
      const { here, a, publications } = slow();
      for (const each of ["first", "second"]) void here.broadcast(event(each), to([]));
      void here.broadcast(event("volatile"), to([], [], { volatile: true }));
      void here.broadcast(event("local"), to([], [], { local: true }));
      publications[1]?.resolve("2-0");
      publications[2]?.resolve("3-0");
      await settled();
      expect(a.events).to.deep.equal([]);
      publications[0]?.resolve("1-0");
      await settled();
      expect(a.events).to.deep.equal([["first", "1-0"], ["second", "2-0"], ["volatile"], ["local"]]);
    });

    it("delivers without an offset when publishing fails, or takes more than a second", async () => {
      const { here, a, clock, publications } = slow();
      for (const each of ["fails", "hangs"]) void here.broadcast(event(each), to([]));
      publications[0]?.reject(new Error("the broker is down"));
      await settled();
      expect(a.events).to.deep.equal([["fails"]]);
      clock.advance(999);
      expect(a.events.length).to.equal(1);
      clock.advance(1);
      expect(a.events).to.deep.equal([["fails"], ["hangs"]]);
      publications[1]?.resolve("2-0");
      await settled();
      expect(a.events.length).to.equal(2);
      expect(clock.pending).to.equal(0);
    });

    it("lets broadcasts that wait go on when it is closed", async () => {
      const { here, a, clock } = slow();
      void here.broadcast(event("e"), to([]));
      void here.close();
      expect(a.events).to.deep.equal([["e"]]);
      expect(clock.pending).to.equal(0);
    });

    it("rejects when a packet that waited cannot be encoded, and delivers the next", async () => {
      const { here, a, publications } = slow();
      const faulty = here.broadcast(event("e", 2n), to([])).then(
        () => "delivered",
        (error: Error) => error.name,
      );
      void here.broadcast(event("next"), to([]));
      for (const { resolve } of publications) resolve("1-0");
      expect(await faulty).to.equal("TypeError");
      expect(a.events).to.deep.equal([["next", "1-0"]]);
    });

    it("adds nothing when the bus gives no offset", async () => {
      const { here, a, publications } = slow();
      void here.broadcast(event("e"), to([]));
      publications[0]?.resolve("");
      await settled();
      receive(here, { type: MessageType.BROADCAST, data: { opts: OPTIONS, packet: event("f") } }, "");
      receive(here, { type: MessageType.BROADCAST, data: { opts: OPTIONS, packet: event("g") } });
      expect(a.events).to.deep.equal([["e"], ["f"], ["g"]]);
    });
  });

  describe("that gets what is no message", () => {
    const { BROADCAST, SOCKETS_JOIN, SOCKETS_LEAVE, DISCONNECT_SOCKETS, FETCH_SOCKETS, SERVER_SIDE_EMIT } =
      MessageType;
    const BIG = "x".repeat(10);
    const messages: unknown[] = [
      ...[undefined, null, 0, "", BIG, [], {}, { uid: OTHER, nsp: "/n" }],
      ...[0, 8, 10, 11, 12, 14, "3", null, {}, Number.NaN].map((type) => ({ type, data: {} })),
      ...[undefined, null, 1, "x", [], {}].map((data) => ({ type: BROADCAST, data })),
      ...[
        undefined,
        null,
        {},
        { rooms: "x" },
        { rooms: [{}] },
        { rooms: [], except: 1 },
        { rooms: [], flags: 1 },
      ].map((opts) => ({ type: BROADCAST, data: { opts, packet: event("e") } })),
      ...[
        undefined,
        null,
        "x",
        {},
        { type: 2 },
        { type: 2, data: {} },
        { type: 2, data: [] },
        { type: 2, data: [{}] },
        { type: 2, data: [null] },
        { type: "2", data: ["e"] },
        { type: 2.5, data: ["e"] },
      ].map((packet) => ({ type: BROADCAST, data: { opts: OPTIONS, packet } })),
      { type: BROADCAST, data: { opts: OPTIONS, packet: event("e"), requestId: {} } },
      ...[SOCKETS_JOIN, SOCKETS_LEAVE].flatMap((type) =>
        [undefined, "x", [{}], [null]].map((rooms) => ({ type, data: { opts: OPTIONS, rooms } })),
      ),
      { type: DISCONNECT_SOCKETS, data: {} },
      ...[undefined, 1, {}].map((requestId) => ({ type: FETCH_SOCKETS, data: { opts: OPTIONS, requestId } })),
      ...[undefined, 5, "x", [], [{}], {}].map((packet) => ({ type: SERVER_SIDE_EMIT, data: { packet } })),
      { nsp: "/other", type: BROADCAST, data: { opts: OPTIONS, packet: event("e") } },
      { nsp: 1, type: BROADCAST, data: { opts: OPTIONS, packet: event("e") } },
      { uid: {}, type: BROADCAST, data: { opts: OPTIONS, packet: event("e") } },
    ];

    it(`does nothing (${messages.length} of them)`, async () => {
      const { bus, here, a } = setUp();
      for (const message of messages) {
        if (typeof message === "object" && message !== null && "type" in message) receive(here, message);
        else here.onMessage(message as ClusterMessage);
      }
      await settled();
      expect(a.delivered).to.deep.equal([]);
      expect([...a.rooms]).to.deep.equal(["a", "x"]);
      expect(a.disconnectedBy).to.equal(undefined);
      expect(here.nsp.serverSideEvents).to.deep.equal([]);
      expect(bus.responses).to.deep.equal([]);
    });

    it("does nothing about what is no response either", async () => {
      const { bus, here } = setUp();
      const outcome = fetching(here);
      await settled();
      for (const response of [undefined, null, 0, "", [], {}, { uid: OTHER, nsp: "/n", type: 8 }])
        here.onResponse(response as unknown as ClusterResponse);
      for (const response of [
        { type: MessageType.FETCH_SOCKETS_RESPONSE },
        { type: MessageType.FETCH_SOCKETS_RESPONSE, sockets: {} },
        { type: MessageType.FETCH_SOCKETS_RESPONSE, sockets: [null] },
        { type: 99, sockets: [] },
        { type: MessageType.FETCH_SOCKETS_RESPONSE, sockets: [], requestId: 7 },
      ])
        answer(bus, here, response, "1");
      answer(bus, here, sockets("b"), undefined as unknown as string);
      answer(bus, here, sockets("b"), 5 as unknown as string);
      await settled();
      expect(outcome).to.deep.equal({});
    });

    it("survives a packet that cannot be encoded, and says that it asked nobody", async () => {
      const { bus, here, a } = setUp();
      receive(here, { type: BROADCAST, data: { opts: OPTIONS, packet: event("e", 2n) } });
      receive(here, { type: BROADCAST, data: { opts: OPTIONS, packet: event("e", 2n), requestId: "1" } });
      await Promise.resolve();
      expect(bus.responses.map(({ data }) => data)).to.deep.equal([{ requestId: "1", clientCount: 0 }]);
      expect(a.acks.size).to.equal(0);
    });
  });

  it("takes messages without an id of a server, as programs that only emit send them", () => {
    const { here, a } = setUp();
    receive(here, {
      uid: undefined,
      type: MessageType.BROADCAST,
      data: { opts: OPTIONS, packet: event("e") },
    });
    receive(here, {
      uid: undefined,
      type: MessageType.BROADCAST,
      data: { opts: { rooms: ["x"] }, packet: event("f") },
    });
    expect(a.events).to.deep.equal([["e"], ["f"]]);
  });

  it("writes its own namespace into packets of others", () => {
    const { here, a } = setUp();
    receive(here, {
      type: MessageType.BROADCAST,
      data: { opts: OPTIONS, packet: { ...event("e"), nsp: "/elsewhere" } },
    });
    expect((a as FakeSocket).delivered[0]?.nsp).to.equal("/n");
  });
});
