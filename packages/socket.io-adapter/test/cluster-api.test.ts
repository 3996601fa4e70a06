/** Two servers on one bus, each of ours or of the reference: what either asks, the other does. */
import { expect } from "chai";
import { Bus, makeStation } from "./support/bus.ts";
import { event, settled, to } from "./support/fake-namespace.ts";
import { type Library, OURS, REFERENCE } from "./support/variants.ts";

const PAIRS: readonly (readonly [title: string, asking: Library, asked: Library])[] = [
  ["the reference and the reference", REFERENCE, REFERENCE],
  ["the reference and ours", REFERENCE, OURS],
  ["ours and the reference", OURS, REFERENCE],
  ["ours and ours", OURS, OURS],
];

const ID = /^[0-9a-f]{16}$/;

for (const [pair, asking, asked] of PAIRS)
  describe(`a cluster of ${pair}`, () => {
    const { MessageType } = asking;
    const setUp = (isRecovering = false) => {
      const bus = new Bus();
      const here = makeStation(asking, bus);
      const there = makeStation(asked, bus);
      for (const { nsp } of [here, there])
        if (isRecovering) nsp.server.opts.connectionStateRecovery = { maxDisconnectionDuration: 60_000 };
      const [a, b] = [here.nsp.add("a", "x"), there.nsp.add("b", "x")];
      here.nsp.add("c");
      there.nsp.add("d");
      return { bus, here, there, a, b };
    };
    const reached = ({ here, there }: ReturnType<typeof setUp>) => [
      ...here.nsp.reached,
      ...there.nsp.reached,
    ];

    it("broadcasts to rooms, but to those left out", async () => {
      const cluster = setUp();
      const { here, bus, b } = cluster;
      await here.broadcast(event("e", 1), to(["x", "d"], ["a"], { compress: false }));
      await settled();
      expect(reached(cluster)).to.deep.equal(["b", "d"]);
      expect(b.delivered).to.deep.equal([{ type: 2, nsp: "/n", data: ["e", 1], compress: false }]);
      const [message] = bus.messages;
      expect(message).to.deep.include({ type: MessageType.BROADCAST, nsp: "/n", uid: here.uid });
      expect(message)
        .to.have.nested.property("data.opts")
        .that.deep.equals({
          rooms: ["x", "d"],
          except: ["a"],
          flags: { compress: false },
        });
      expect(here.uid).to.match(ID);
    });

    it("broadcasts to everyone", async () => {
      const cluster = setUp();
      await cluster.here.broadcast(event("e"), to([]));
      await settled();
      expect(reached(cluster)).to.deep.equal(["a", "c", "b", "d"]);
    });

    it("keeps to itself what is local", async () => {
      const cluster = setUp();
      const { here, bus } = cluster;
      const local = to([], [], { local: true });
      await here.broadcast(event("e"), local);
      await here.addSockets(local, ["y"]);
      await here.delSockets(local, ["x"]);
      here.broadcastWithAck(
        event("e"),
        local,
        () => {},
        () => {},
      );
      expect((await here.fetchSockets(local)).map(({ id }) => id)).to.deep.equal(["a", "c"]);
      await here.disconnectSockets(local, false);
      await settled();
      expect(bus.messages).to.deep.equal([]);
    });

    it("lets sockets join and leave", async () => {
      const { here, there, bus, a, b } = setUp();
      await here.addSockets(to(["x"]), ["y", "z"]);
      await settled();
      expect([a, b].map(({ rooms }) => [...rooms])).to.deep.equal([
        ["a", "x", "y", "z"],
        ["b", "x", "y", "z"],
      ]);
      await here.delSockets(to(["y"], ["a"]), ["y", "x"]);
      await settled();
      expect([a, b].map(({ rooms }) => [...rooms])).to.deep.equal([
        ["a", "x", "y", "z"],
        ["b", "z"],
      ]);
      expect([...(there.rooms.get("z") ?? [])]).to.deep.equal(["b"]);
      expect(bus.messages.map(({ type }) => type)).to.deep.equal([
        MessageType.SOCKETS_JOIN,
        MessageType.SOCKETS_LEAVE,
      ]);
    });

    for (const close of [true, false])
      it(`disconnects sockets, ${close ? "and their connections" : "but not their connections"}`, async () => {
        const { here, a, b } = setUp();
        await here.disconnectSockets(to(["x"]), close);
        await settled();
        expect(a.disconnectedBy).to.deep.equal([close]);
        expect(b.disconnectedBy).to.deep.equal([close]);
      });

    it("fetches the sockets of both", async () => {
      const { here, a } = setUp();
      const [own, other, ...rest] = await here.fetchSockets(to(["x"]));
      expect(own).to.equal(a);
      expect(other).to.deep.equal({
        id: "b",
        handshake: { time: "of b" },
        rooms: ["b", "x"],
        data: { name: "b" },
      });
      expect(rest).to.deep.equal([]);
    });

    it("emits to servers", async () => {
      const { here, there } = setUp();
      await here.serverSideEmit(["hello", 1, { a: "b" }]);
      await settled();
      expect(there.nsp.serverSideEvents).to.deep.equal([["hello", 1, { a: "b" }]]);
      expect(here.nsp.serverSideEvents).to.deep.equal([]);
    });

    it("emits to servers and gets their answers, of each the first", async () => {
      const { here, there, bus } = setUp();
      there.nsp.onServerSideEvent = (args) => {
        const answer = args[args.length - 1] as (value: unknown) => void;
        answer({ of: "there" });
        answer("once more");
      };
      const answers = await new Promise((resolve) => {
        void here.serverSideEmit(["hello", 1, (...args: unknown[]) => resolve(args)]);
      });
      expect(answers).to.deep.equal([null, [{ of: "there" }]]);
      expect(there.nsp.serverSideEvents).to.deep.equal([["hello", 1]]);
      await settled();
      expect(bus.responses.map(({ type }) => type)).to.deep.equal([MessageType.SERVER_SIDE_EMIT_RESPONSE]);
    });

    it("emits to servers that are none, and is told so", async () => {
      const { here, there, bus } = setUp();
      bus.stations.delete(there);
      const answers = await new Promise((resolve) => {
        void here.serverSideEmit(["hello", (...args: unknown[]) => resolve(args)]);
      });
      expect(answers).to.deep.equal([null, []]);
      expect((await here.fetchSockets(to([]))).length).to.equal(2);
    });

    it("broadcasts with acknowledgements", async () => {
      const { here, a, b } = setUp();
      const counts: number[] = [];
      const answers: unknown[] = [];
      here.broadcastWithAck(
        event("question"),
        to(["x"], [], { timeout: 60 }),
        (count) => counts.push(count),
        (answer) => answers.push(answer),
      );
      await settled();
      await settled();
      expect(counts).to.deep.equal([1, 1]);
      const idOf = ({ delivered }: typeof a) => delivered[0]?.id ?? -1;
      expect(b.delivered[0]?.data).to.deep.equal(["question"]);
      b.acknowledge(idOf(b), { from: "b" });
      await settled();
      a.acknowledge(idOf(a), { from: "a" });
      expect(answers).to.deep.equal([{ from: "b" }, { from: "a" }]);
    });

    it("says of each server how many were asked, be it none", async () => {
      const { here } = setUp();
      const counts: number[] = [];
      here.broadcastWithAck(
        event("question"),
        to(["c"], [], { timeout: 60 }),
        (count) => counts.push(count),
        () => {},
      );
      await settled();
      await settled();
      expect(counts).to.deep.equal([1, 0]);
    });

    it("puts the offset of the cluster's log at the end of events that clients may miss", async () => {
      const { here, a, b } = setUp(true);
      await here.broadcast(event("e", 1), to(["x"]));
      await here.broadcast(event("volatile"), to(["x"], [], { volatile: true }));
      await here.broadcast({ ...event("with id"), id: 7 }, to(["x"]));
      await settled();
      const wanted = [["e", 1, "1-0"], ["volatile"], ["with id"]];
      expect(a.events).to.deep.equal(wanted);
      expect(b.events).to.deep.equal(wanted);
    });

    it("takes responses where it takes messages, as buses with one way for all bring them", async () => {
      const { bus, here, b } = setUp();
      const answers: unknown[] = [];
      bus.hasOneWay = true;
      expect((await here.fetchSockets(to(["x"]))).map(({ id }) => id)).to.deep.equal(["a", "b"]);
      here.broadcastWithAck(
        event("q"),
        to(["b"], [], { timeout: 60 }),
        () => {},
        (answer) => answers.push(answer),
      );
      await settled();
      b.acknowledge(b.delivered[0]?.id ?? -1, "yes");
      await settled();
      expect(answers).to.deep.equal(["yes"]);
    });

    it("ignores its own messages, and those of unknown types", async () => {
      const { here, a } = setUp();
      const message = {
        uid: here.uid,
        nsp: "/n",
        type: MessageType.BROADCAST,
        data: { opts: { rooms: [], except: [], flags: {} }, packet: event("mine") },
      } as const;
      here.onMessage(message as never);
      here.onMessage({ ...message, uid: "0123456789abcdef", type: 99 } as never);
      expect(a.events).to.deep.equal([]);
    });
  });
