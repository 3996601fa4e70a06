/** What an adapter in memory does: the same is asked of the reference and of ours. */
import { FakeClock } from "@towline/core";
import { Adapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { event, type FakeNamespace, LegacyNamespace, to } from "./support/fake-namespace.ts";
import { VARIANTS } from "./support/variants.ts";

const ROOM_EVENTS = ["create-room", "delete-room", "join-room", "leave-room"];
const members: Readonly<Record<string, string[]>> = { a: ["x"], b: ["x", "y"], c: ["y"], d: [] };

for (const { title: name, library, isOurs, makeNamespace } of VARIANTS) {
  const setUp = (sockets: Readonly<Record<string, string[]>>) => {
    const nsp = makeNamespace();
    const adapter = nsp.use(new library.Adapter(nsp));
    const events: unknown[][] = [];
    for (const each of ROOM_EVENTS) adapter.on(each, (...args: unknown[]) => events.push([each, ...args]));
    for (const [id, rooms] of Object.entries(sockets)) nsp.add(id, ...rooms);
    return { nsp, adapter, events };
  };

  describe(`the adapter of ${name}`, () => {
    for (const [title, options, expected] of [
      ["everyone", to([]), ["a", "b", "c", "d"]],
      ["a room", to(["x"]), ["a", "b"]],
      ["several rooms, each member once", to(["x", "y"]), ["a", "b", "c"]],
      ["one socket, by the room of its own", to(["c"]), ["c"]],
      ["everyone but members of a room", to([], ["x"]), ["c", "d"]],
      ["everyone but members of several rooms", to([], ["x", "y", "z"]), ["d"]],
      ["a room but members of another", to(["x"], ["y", "nobody"]), ["a"]],
      ["a room but one socket", to(["x"], ["a"]), ["b"]],
      ["nobody in an unknown room", to(["z"]), []],
      ["nobody in a room named like a member of every object", to(["__proto__"]), []],
      ["the known one of two rooms", to(["z", "x"]), ["a", "b"]],
    ] as const)
      it(`broadcasts to ${title}`, () => {
        const { nsp, adapter } = setUp(members);
        adapter.broadcast(event("e", 1), options);
        expect(nsp.reached).to.deep.equal(expected);
        for (const id of expected)
          expect(nsp.get(id).delivered).to.deep.equal([{ type: 2, nsp: "/n", data: ["e", 1] }]);
        expect(nsp.encoded).to.be.at.most(1);
      });

    it("does without exceptions and flags", () => {
      const { nsp, adapter } = setUp(members);
      adapter.broadcast(event("e"), { rooms: new Set(["x"]) });
      expect(nsp.reached).to.deep.equal(["a", "b"]);
    });

    it("hands flags on", () => {
      const { nsp, adapter } = setUp({ a: [] });
      adapter.broadcast(event("e"), to([], [], { volatile: true, compress: false }));
      const [sent] = nsp.get("a").delivered;
      expect(sent).to.include({ volatile: true, compress: false });
    });

    it("tells of rooms that come and go, and of who joins and leaves, in that order", () => {
      const { nsp, adapter, events } = setUp({});
      adapter.addAll("a", new Set(["r", "s"]));
      adapter.addAll("b", new Set(["r"]));
      adapter.addAll("b", new Set(["r"]));
      adapter.del("a", "r");
      adapter.del("a", "r");
      adapter.del("a", "never");
      adapter.del("nobody", "r");
      adapter.delAll("b");
      adapter.delAll("b");
      adapter.delAll("nobody");
      expect(events).to.deep.equal([
        ["create-room", "r"],
        ["join-room", "r", "a"],
        ["create-room", "s"],
        ["join-room", "s", "a"],
        ["join-room", "r", "b"],
        ["leave-room", "r", "a"],
        ["leave-room", "r", "b"],
        ["delete-room", "r"],
      ]);
      expect([...adapter.rooms.keys()]).to.deep.equal(["s"]);
      expect(adapter.socketRooms("b")).to.equal(undefined);
      expect(nsp.adapter.sids.get("a")).to.deep.equal(new Set(["s"]));
    });

    it("has its tables right when it tells: before the room goes, after the member has gone", () => {
      const { adapter } = setUp({ a: ["x"] });
      const seen: unknown[] = [];
      adapter.on("leave-room", (room) => seen.push([adapter.rooms.has(room), adapter.rooms.get(room)?.size]));
      adapter.on("delete-room", (room) => seen.push(adapter.rooms.has(room)));
      adapter.on("create-room", (room) => seen.push(adapter.rooms.has(room)));
      adapter.on("join-room", (room, id) => seen.push(adapter.rooms.get(room)?.has(id)));
      adapter.del("a", "x");
      adapter.addAll("a", new Set(["y"]));
      expect(seen).to.deep.equal([[true, 0], false, true, true]);
    });

    it("answers who is where", async () => {
      const { adapter } = setUp(members);
      adapter.addAll("not a socket", new Set(["y"]));
      expect(await adapter.sockets(new Set(["y"]))).to.deep.equal(new Set(["b", "c"]));
      expect(await adapter.sockets(new Set())).to.deep.equal(new Set(["a", "b", "c", "d"]));
      const fetched: { id: string }[] = await adapter.fetchSockets(to(["x", "y"], ["a"]));
      expect(fetched.map(({ id }) => id)).to.deep.equal(["b", "c"]);
      expect(adapter.socketRooms("b")).to.deep.equal(new Set(["b", "x", "y"]));
      expect(adapter.socketRooms("nobody")).to.equal(undefined);
      expect(await adapter.serverCount()).to.equal(1);
    });

    it("moves everyone selected, though that changes the rooms it walks", () => {
      const { adapter } = setUp(members);
      adapter.addSockets(to(["x"]), ["new", "y"]);
      expect([...(adapter.rooms.get("y") ?? [])]).to.have.members(["a", "b", "c"]);
      expect([...(adapter.rooms.get("new") ?? [])]).to.have.members(["a", "b"]);
      adapter.delSockets(to(["y"]), ["y", "x"]);
      expect(adapter.rooms.has("y")).to.equal(false);
      expect(adapter.rooms.has("x")).to.equal(false);
    });

    it("disconnects everyone selected, and says whether the connection is meant", () => {
      const { nsp, adapter } = setUp(members);
      const [a, c] = [nsp.get("a"), nsp.get("c")];
      adapter.disconnectSockets(to(["x"]), true);
      expect(a.disconnectedBy).to.deep.equal([true]);
      adapter.disconnectSockets(to([]), false);
      expect(c.disconnectedBy).to.deep.equal([false]);
      expect(adapter.rooms.size).to.equal(0);
      expect(adapter.sids.size).to.equal(0);
    });

    it("asks each for an acknowledgement", () => {
      const { nsp, adapter } = setUp(members);
      const counts: number[] = [];
      const answers: unknown[] = [];
      adapter.broadcastWithAck(
        event("e"),
        to(["x"]),
        (count) => counts.push(count),
        (...answer) => answers.push(answer),
      );
      expect(counts).to.deep.equal([2]);
      const id = nsp.get("a").delivered[0]?.id ?? -1;
      expect(nsp.get("b").delivered[0]).to.deep.equal({ type: 2, nsp: "/n", data: ["e"], id });
      nsp.get("b").acknowledge(id, "first", 2);
      nsp.get("a").acknowledge(id, "second");
      expect(answers).to.deep.equal([["first", 2], ["second"]]);
      expect(nsp.get("c").delivered).to.deep.equal([]);
    });

    it("gives each broadcast that asks an id of its own", () => {
      const { nsp, adapter } = setUp({ a: [] });
      for (const each of ["e", "f"])
        adapter.broadcastWithAck(
          event(each),
          to([]),
          () => {},
          () => {},
        );
      const [first, second] = nsp.get("a").delivered;
      expect(first?.id).to.be.a("number");
      expect(first?.id).not.to.equal(second?.id);
    });

    it("says that nobody was asked", () => {
      const { adapter } = setUp(members);
      const counts: number[] = [];
      adapter.broadcastWithAck(
        event("e"),
        to(["z"]),
        (count) => counts.push(count),
        () => {},
      );
      expect(counts).to.deep.equal([0]);
    });

    it("keeps no sessions", async () => {
      const { adapter } = setUp({});
      adapter.persistSession({ sid: "a", pid: "p", rooms: [], data: {} });
      expect(await adapter.restoreSession("p", "o")).to.equal(null);
    });

    it("has an init, a close, and its namespace", () => {
      const { nsp, adapter } = setUp({});
      expect(adapter.init()).to.equal(undefined);
      expect(adapter.close()).to.equal(undefined);
      expect(adapter.nsp).to.equal(nsp);
    });

    if (!isOurs) return;

    it("encodes nothing for nobody", () => {
      const { nsp, adapter } = setUp(members);
      adapter.broadcast(event("e"), to(["z"]));
      adapter.broadcast(event("e"), to([], ["x", "y", "d"]));
      expect(nsp.encoded).to.equal(0);
    });
  });
}

describe("our adapter beyond the reference", () => {
  const setUp = (sockets: Readonly<Record<string, string[]>>) => {
    const nsp: FakeNamespace = new LegacyNamespace();
    const adapter = nsp.use(new Adapter(nsp));
    for (const [id, rooms] of Object.entries(sockets)) nsp.add(id, ...rooms);
    return { nsp, adapter };
  };

  it("reaches whoever was there when the broadcast began, whatever deliveries do to the rooms", () => {
    const { nsp, adapter } = setUp({ a: ["x"], b: ["x"], c: ["x"] });
    const a = nsp.get("a");
    Object.assign(a, {
      notifyOutgoingListeners() {
        // Puts all to the end of the room, and somebody new behind them.
        for (const id of ["b", "a"]) {
          nsp.get(id).leave("x");
          nsp.get(id).join("x");
        }
        nsp.add("late", "x");
      },
    });
    adapter.broadcast(event("e"), to(["x"]));
    expect([...nsp.sockets.values()].map(({ id, delivered }) => [id, delivered.length])).to.deep.equal([
      ["a", 1],
      ["b", 1],
      ["c", 1],
      ["late", 0],
    ]);
  });

  it("keeps its tables right when a listener throws while a socket leaves all rooms", () => {
    const { nsp, adapter } = setUp({ a: ["x", "y"], b: ["x"] });
    adapter.on("leave-room", () => {
      throw new Error("a listener's");
    });
    expect(() => nsp.remove("a")).to.throw("a listener's");
    expect([...adapter.rooms]).to.deep.equal([
      ["x", new Set(["b"])],
      ["b", new Set(["b"])],
    ]);
    expect([...adapter.sids.keys()]).to.deep.equal(["b"]);
  });

  for (const each of ["create-room", "join-room"])
    it(`lets a socket join all its rooms though a listener of ${each} throws`, () => {
      const { nsp, adapter } = setUp({});
      const joined: string[] = [];
      adapter.on("join-room", (room) => joined.push(room));
      adapter.on(each, () => {
        throw new Error("a listener's");
      });
      expect(() => nsp.add("a", "x", "y")).to.throw("a listener's");
      expect(joined).to.deep.equal(["a", "x", "y"]);
      expect([...adapter.rooms.keys()]).to.deep.equal(["a", "x", "y"]);
      expect(adapter.sids.get("a")).to.deep.equal(new Set(["a", "x", "y"]));
    });

  it("does not let a socket join on that a listener has disconnected meanwhile", () => {
    const { nsp, adapter } = setUp({});
    adapter.once("join-room", () => nsp.remove("a"));
    nsp.add("a", "x", "y");
    expect([...adapter.rooms]).to.deep.equal([]);
    expect([...adapter.sids]).to.deep.equal([]);
  });

  it("keeps its tables right when a listener joins and leaves meanwhile", () => {
    const { nsp, adapter } = setUp({ a: ["x", "y"] });
    adapter.once("leave-room", (room) => adapter.addAll("a", new Set([room, "z"])));
    nsp.remove("a");
    for (const [room, ids] of adapter.rooms)
      for (const id of ids) expect(adapter.sids.get(id)?.has(room), `${id} in ${room}`).to.equal(true);
    for (const [id, rooms] of adapter.sids)
      for (const room of rooms) expect(adapter.rooms.get(room)?.has(id), `${id} in ${room}`).to.equal(true);
  });

  it("lets alone a room that listeners have emptied and filled anew meanwhile", () => {
    const { nsp, adapter } = setUp({ a: ["x"] });
    adapter.once("leave-room", () => {
      adapter.addAll("b", new Set(["x"]));
      adapter.del("b", "x");
      adapter.addAll("c", new Set(["x"]));
    });
    nsp.get("a").leave("x");
    expect(adapter.rooms.get("x")).to.deep.equal(new Set(["c"]));
  });

  it("works on tables that were replaced", () => {
    const { nsp, adapter } = setUp({ a: ["x"] });
    adapter.rooms = new Map();
    adapter.sids = new Map();
    nsp.get("a").join("y");
    adapter.broadcast(event("e"), to(["x"]));
    expect(nsp.reached).to.deep.equal([]);
    adapter.broadcast(event("e"), to(["y"]));
    expect(nsp.reached).to.deep.equal(["a"]);
  });

  it("takes one answer of each socket, and leaves no entry and no timer behind", () => {
    const clock = new FakeClock();
    const nsp = new LegacyNamespace(clock);
    const adapter = nsp.use(new Adapter(nsp));
    const [a, b] = [nsp.add("a"), nsp.add("b")];
    const answers: unknown[] = [];
    adapter.broadcastWithAck(
      event("q"),
      to([], [], { timeout: 100 }),
      () => {},
      (answer) => answers.push(answer),
    );
    const id = a.delivered[0]?.id ?? -1;
    // A table whose owner leaves the entry, and so calls it twice.
    const onAck = a.acks.get(id);
    onAck?.("first");
    onAck?.("again");
    expect(a.acks.size).to.equal(0);
    expect(clock.pending).to.equal(1);
    b.acknowledge(id, "second");
    expect(answers).to.deep.equal(["first", "second"]);
    expect(clock.pending).to.equal(0);
  });

  it("takes no answer that comes after the timeout", () => {
    const clock = new FakeClock();
    const nsp = new LegacyNamespace(clock);
    const adapter = nsp.use(new Adapter(nsp));
    const a = nsp.add("a");
    const answers: unknown[] = [];
    adapter.broadcastWithAck(
      event("q"),
      to([], [], { timeout: 100 }),
      () => {},
      (answer) => answers.push(answer),
    );
    const onAck = a.acks.get(a.delivered[0]?.id ?? -1);
    clock.advance(100);
    expect(a.acks.size).to.equal(0);
    onAck?.("late");
    expect(answers).to.deep.equal([]);
  });

  it("says on the console that it knows no other servers", () => {
    const { adapter } = setUp({});
    const { warn } = console;
    const warnings: unknown[] = [];
    console.warn = (text) => warnings.push(text);
    try {
      expect(adapter.serverSideEmit(["e"])).to.equal(undefined);
    } finally {
      console.warn = warn;
    }
    expect(warnings).to.deep.equal(["this adapter does not support the serverSideEmit() functionality"]);
  });
});
