import { SessionAwareAdapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { event, LegacyNamespace, PortNamespace, to } from "./support/fake-namespace.ts";
import { Recovering } from "./support/recovering.ts";

const DURATION_MS = 1_000;

describe("session-aware adapter", () => {
  it("serves a token once", async () => {
    const r = new Recovering();
    r.add("a");
    r.lose("a");
    expect(await r.comeBack("a")).to.deep.equal([]);
    expect(await r.comeBack("a")).to.equal(null);
  });

  it("takes a token away though its offset is unknown", async () => {
    const r = new Recovering();
    r.add("a");
    r.lose("a");
    expect(await r.comeBack("a", "nonsense")).to.equal(null);
    expect(await r.comeBack("a")).to.equal(null);
  });

  it("gives back a client that has received nothing, from where the log stood when it came", async () => {
    const r = new Recovering();
    r.add("witness");
    r.emit("before it came");
    r.add("a");
    r.emit("lost on the way");
    r.lose("a");
    r.emit("while it was gone");
    expect(await r.comeBack("a")).to.deep.equal(["lost on the way", "while it was gone"]);
  });

  it("gives nothing to a client without an offset when it is not known where the log stood", async () => {
    const r = new Recovering();
    r.adapter.persistSession({ sid: "a", pid: "token of a", rooms: ["a"], data: undefined });
    expect(await r.comeBack("a")).to.equal(null);
  });

  for (const offset of ["", ".", "x.1", "1", "0x1", "__proto__", "9".repeat(1_000_000)])
    it(`knows no offset ${JSON.stringify(offset.slice(0, 20))}`, async () => {
      const r = new Recovering();
      r.add("a");
      r.emit(1);
      r.lose("a");
      expect(await r.comeBack("a", offset)).to.equal(null);
    });

  for (const [title, change] of [
    ["in another way of writing", (offset: string) => offset.replace(".", ".0")],
    ["that is negative", (offset: string) => offset.replace(".", ".-")],
    ["in capitals", (offset: string) => `${offset.slice(0, -1)}A`],
    ["of a packet still to come", (offset: string) => offset.replace(/\.1$/, ".zz")],
    ["with something behind", (offset: string) => `${offset} `],
  ] as const)
    it(`knows no offset ${title}`, async () => {
      const r = new Recovering();
      r.add("a");
      const offset = r.emit(1);
      expect(offset).to.match(/^[\w-]{8}\.1$/);
      r.lose("a");
      expect(await r.comeBack("a", change(offset))).to.equal(null);
    });

  it("takes an offset that is no string for an unknown one", async () => {
    const r = new Recovering();
    r.add("a");
    r.lose("a");
    expect(await r.comeBack("a", { toString: () => "" } as unknown as string)).to.equal(null);
  });

  it("knows no offset of another namespace", async () => {
    const [r, other] = [new Recovering(), new Recovering()];
    for (const each of [r, other]) each.add("a");
    const offset = other.emit(1);
    r.emit(1);
    r.lose("a");
    expect(await r.comeBack("a", offset)).to.equal(null);
  });

  describe("whose log is full", () => {
    for (const [title, limits] of [
      ["of packets", { maxPackets: 3 }],
      // Each packet is `{"type":2,"nsp":"/n","data":["e",1,"12345678.1"]}`: 50 bytes.
      ["of bytes", { maxBytes: 150 }],
    ] as const)
      it(`gives nobody back who may have missed what was dropped (${title})`, async () => {
        const r = new Recovering(limits);
        for (const id of ["a", "b", "c"]) r.add(id);
        const offset = r.emit(1);
        for (const id of ["a", "b"]) r.lose(id);
        for (const i of [2, 3, 4]) r.emit(i);
        expect(await r.comeBack("a", offset)).to.deep.equal([2, 3, 4]);
        r.emit(5);
        expect(await r.comeBack("b", offset)).to.equal(null);
      });

    it("gives those back whom nothing that was dropped was for", async () => {
      const r = new Recovering({ maxPackets: 3 });
      r.add("quiet", "silence");
      r.add("busy", "noise");
      r.lose("quiet");
      for (let i = 0; i < 1_000; i++) r.emit(i, ["noise"]);
      r.emit("at last", ["silence"]);
      expect(await r.comeBack("quiet")).to.deep.equal(["at last"]);
    });

    it("gives nobody back who was in a room that a dropped packet went to, among others", async () => {
      const r = new Recovering({ maxPackets: 2 });
      r.add("a", "x");
      r.add("b", "y");
      r.lose("a");
      r.emit(1, ["y", "x"]);
      for (let i = 0; i < 3; i++) r.emit(i, ["y"]);
      expect(await r.comeBack("a")).to.equal(null);
    });

    it("remembers no more rooms than packets, and is careful about the others", async () => {
      const r = new Recovering({ maxPackets: 4 });
      r.add("quiet");
      r.add("busy", ...Array.from({ length: 100 }, (_, i) => `r${i}`));
      r.lose("quiet");
      for (let i = 0; i < 8; i++) r.emit(i, [`r${i}`]);
      r.lose("busy");
      expect(await r.comeBack("quiet")).to.deep.equal([]);

      const late = new Recovering({ maxPackets: 4 });
      late.add("quiet");
      late.add("busy", ...Array.from({ length: 100 }, (_, i) => `r${i}`));
      late.lose("quiet");
      for (let i = 0; i < 100; i++) late.emit(i, [`r${i}`]);
      expect(await late.comeBack("quiet")).to.equal(null);
    });

    it("forgets the rooms first that nothing was dropped of for longest", async () => {
      const r = new Recovering({ maxPackets: 4 });
      const names = ["busy", "r1", "r2", "r3", "r4"];
      r.add("witness", ...names);
      for (const name of ["busy", "r1"]) r.emit(name, [name]);
      r.add("quiet");
      r.lose("quiet");
      for (const name of ["busy", "r2", "r3", "r4"]) r.emit(name, [name]);
      // With these, all of those are dropped: of five rooms, one too many.
      for (let i = 0; i < 4; i++) r.emit(i, ["r4"]);
      expect(await r.comeBack("quiet")).to.deep.equal([]);
    });

    it("keeps no packet that is too large by itself", async () => {
      const r = new Recovering({ maxBytes: 1_000 });
      r.add("a", "x");
      r.add("b");
      r.lose("a");
      r.emit("x".repeat(2_000), ["b"]);
      r.emit("small", ["x"]);
      expect(await r.comeBack("a")).to.deep.equal(["small"]);
    });
  });

  it("keeps sessions for maxDisconnectionDuration", async () => {
    const r = new Recovering({ maxDisconnectionDuration: DURATION_MS });
    for (const id of ["a", "b", "c"]) r.add(id);
    r.lose("a");
    r.clock.advance(DURATION_MS / 20);
    for (const id of ["b", "c"]) r.lose(id);
    r.clock.advance(DURATION_MS * 0.95);
    expect(await r.comeBack("a")).to.equal(null);
    r.clock.advance(DURATION_MS / 20 - 1);
    expect(await r.comeBack("b")).to.deep.equal([]);
    r.clock.advance(1);
    expect(await r.comeBack("c")).to.equal(null);
  });

  it("keeps packets for maxDisconnectionDuration", async () => {
    const r = new Recovering({ maxDisconnectionDuration: DURATION_MS });
    r.add("a");
    r.emit("old");
    r.clock.advance(DURATION_MS / 2);
    r.lose("a");
    r.clock.advance(DURATION_MS * 0.49);
    r.emit("new");
    r.add("b");
    expect(await r.comeBack("a")).to.deep.equal(["old", "new"]);
    r.lose("b");

    const late = new Recovering({ maxDisconnectionDuration: DURATION_MS });
    late.add("a");
    late.emit("old");
    late.clock.advance(DURATION_MS / 2);
    late.lose("a");
    late.clock.advance(DURATION_MS * 0.7);
    late.add("b");
    late.emit("new");
    expect(await late.comeBack("a")).to.equal(null);
  });

  it("has one timer, whatever it keeps, and none when there is nothing to keep any more", () => {
    const r = new Recovering({ maxDisconnectionDuration: DURATION_MS });
    expect(r.clock.pending).to.equal(0);
    for (let i = 0; i < 50; i++) {
      r.add(`s${i}`);
      r.emit(i);
      r.clock.advance(1);
    }
    for (let i = 0; i < 50; i++) r.lose(`s${i}`);
    expect(r.clock.pending).to.equal(1);
    r.clock.advance(DURATION_MS * 1.2);
    expect(r.clock.pending).to.equal(0);
  });

  it("keeps a session that is claimed and never comes no longer than others", async () => {
    const r = new Recovering({ maxDisconnectionDuration: DURATION_MS });
    r.add("a");
    r.lose("a");
    expect(await r.comeBack("a")).to.deep.equal([]);
    r.clock.advance(DURATION_MS * 1.2);
    expect(r.clock.pending).to.equal(0);
    r.emit(1, ["a"]);
    expect(r.nsp.encoded).to.equal(0);
  });

  it("has no timer and keeps nothing once it is closed", async () => {
    const r = new Recovering();
    r.add("a");
    const offset = r.emit(1);
    r.add("never back");
    for (const id of ["a", "never back"]) r.lose(id);
    void r.adapter.close();
    expect(r.clock.pending).to.equal(0);
    expect(await r.comeBack("a", offset)).to.equal(null);
    r.add("b");
    expect(r.emit(2)).to.equal(undefined);
    r.lose("b");
    expect(r.clock.pending).to.equal(0);
    expect(await r.comeBack("b")).to.equal(null);
    void r.adapter.init();
    const { encoded } = r.nsp;
    for (const room of ["a", "b", "never back"]) r.emit(3, [room]);
    expect(r.nsp.encoded).to.equal(encoded);
  });

  it("begins anew when it is opened again", async () => {
    const r = new Recovering();
    r.add("witness");
    for (let i = 0; i < 3; i++) r.emit(i);
    r.add("a", "x");
    void r.adapter.close();
    void r.adapter.init();
    const offset = r.adapter.currentOffset();
    r.emit("for it", ["x"]);
    r.lose("a");
    expect(await r.comeBack("a", offset)).to.deep.equal(["for it"]);
  });

  it("neither encodes nor keeps what nobody can miss", () => {
    const r = new Recovering();
    r.add("a");
    const before = r.adapter.currentOffset();
    r.emit(1, ["nobody"]);
    expect(r.nsp.encoded).to.equal(0);
    expect(r.adapter.currentOffset()).to.equal(before);
    r.lose("a");
    r.emit(2, ["a"]);
    expect(r.nsp.encoded).to.equal(1);
    expect(r.adapter.currentOffset()).not.to.equal(before);
    r.emit(3, ["a"], ["a"]);
    expect(r.nsp.encoded).to.equal(1);
  });

  it("neither encodes nor keeps anything for a session that has been taken up and left", async () => {
    const r = new Recovering();
    r.add("a");
    r.lose("a");
    expect(await r.comeBack("a")).to.deep.equal([]);
    r.nsp.add("a");
    r.nsp.remove("a");
    r.emit(1, ["a"]);
    expect(r.nsp.encoded).to.equal(0);
  });

  it("uses no offset up for a packet that cannot be encoded", () => {
    const r = new Recovering();
    r.add("a");
    const first = r.emit(1);
    expect(() => r.emit(2n)).to.throw(TypeError);
    expect(r.emit(3)).to.equal(first.replace(".1", ".2"));
  });

  it("keeps on for a session given back until its socket has joined its room", async () => {
    const r = new Recovering();
    r.add("a", "x");
    r.add("b");
    r.lose("a");
    r.emit("missed", ["x"]);
    const session = await r.adapter.restoreSession("token of a");
    r.emit("while middlewares run", ["x"]);
    r.adapter.addAll("a", new Set(["joined by a middleware"]));
    r.emit("still", ["x"]);
    const missed = r.adapter.missedPackets(session);
    expect(missed?.map(([, text]) => text)).to.deep.equal(["missed", "while middlewares run", "still"]);
    r.nsp.add("a", "x");
    r.emit("live", ["x"]);
    expect((r.nsp.get("a").events as unknown[][]).map(([, text]) => text)).to.deep.equal(["live"]);
    expect(r.adapter.missedPackets(session)).to.equal(undefined);
  });

  it("tells a session that took too long to come that it may have missed something", async () => {
    const r = new Recovering({ maxDisconnectionDuration: DURATION_MS });
    r.add("a");
    r.lose("a");
    const session = await r.adapter.restoreSession("token of a");
    r.clock.advance(DURATION_MS);
    expect(r.adapter.missedPackets(session)).to.equal(undefined);
  });

  describe("whose sockets change rooms", () => {
    const setUp = () => {
      const r = new Recovering({ maxPackets: 6 });
      r.add("witness", "x", "y");
      r.add("a");
      return { r, a: r.nsp.get("a") };
    };

    it("does not tell what was said in a room before a socket joined", async () => {
      const { r, a } = setUp();
      r.emit("secret", ["x"]);
      a.join("x");
      r.emit("for it", ["x"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["for it"]);
    });

    it("tells what was said in a room before a socket left", async () => {
      const { r, a } = setUp();
      a.join("x");
      r.emit("for it", ["x"]);
      a.leave("x");
      r.emit("no longer for it", ["x"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["for it"]);
    });

    it("tells what was said while it was in a room, each time that it was", async () => {
      const { r, a } = setUp();
      for (const i of [1, 2]) {
        r.emit(`before ${i}`, ["x"]);
        a.join("x");
        r.emit(`during ${i}`, ["x"]);
        a.leave("x");
      }
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["during 1", "during 2"]);
    });

    it("goes by the rooms of that time in what is left out, too", async () => {
      const { r, a } = setUp();
      a.join("x");
      r.emit("not for it", [], ["x"]);
      a.leave("x");
      r.emit("for it", [], ["x"]);
      a.join("y");
      r.emit("not for it either", [], ["y"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["for it"]);
    });

    it("does not tell a newcomer what was said before it came, whatever offset it claims", async () => {
      const { r } = setUp();
      const offset = r.adapter.currentOffset();
      r.emit("before");
      r.add("late");
      r.lose("late");
      expect(await r.comeBack("late", offset)).to.deep.equal([]);
    });

    it("knows its rooms of before when a socket is lost again right behind its return", async () => {
      const { r, a } = setUp();
      a.join("x");
      r.emit("first", ["x"]);
      r.lose("a");
      r.emit("second", ["x"]);
      expect(await r.comeBack("a")).to.deep.equal(["first", "second"]);
      r.nsp.add("a", "x");
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["first", "second"]);
    });

    it("knows the rooms that it had left when a socket is lost again right behind its return", async () => {
      const { r, a } = setUp();
      a.join("x");
      r.emit("for it", ["x"]);
      a.leave("x");
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["for it"]);
      r.nsp.add("a");
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["for it"]);
    });

    it("knows nothing of a socket that has gone without a session", async () => {
      const { r, a } = setUp();
      a.join("x");
      r.nsp.remove("a");
      r.add("a");
      r.emit("not for it", ["x"]);
      r.nsp.get("a").join("x");
      r.emit("for it", ["x"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal(["for it"]);
    });

    it("lets somebody back though there was talk in its room before it joined", async () => {
      const { r, a } = setUp();
      r.emit("before", ["x"]);
      a.join("x");
      for (let i = 0; i < 6; i++) r.emit(i, ["y"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal([]);
    });

    it("lets somebody back though there was much talk in a room since it left", async () => {
      const { r, a } = setUp();
      a.join("x");
      const offset = r.emit("received", ["x"]);
      a.leave("x");
      for (let i = 0; i < 8; i++) r.emit(i, ["x"]);
      r.lose("a");
      expect(await r.comeBack("a", offset)).to.deep.equal([]);
    });

    it("lets nobody back who may have missed something in a room that it has left", async () => {
      const { r, a } = setUp();
      a.join("x");
      r.emit("lost on the way", ["x"]);
      a.leave("x");
      for (let i = 0; i < 6; i++) r.emit(i, ["y"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.equal(null);
    });

    it("lets somebody back who has left a room in which nothing was said meanwhile", async () => {
      const { r, a } = setUp();
      r.emit("before", ["x"]);
      a.join("x");
      a.leave("x");
      for (let i = 0; i < 8; i++) r.emit(i, ["x"]);
      r.lose("a");
      expect(await r.comeBack("a")).to.deep.equal([]);
    });

    for (const [title, changes, outcome] of [
      ["remembers many stays of a socket", 250, 251],
      ["is careful about a socket that has had more than it remembers", 300, null],
    ] as const)
      it(title, async () => {
        const r = new Recovering();
        r.add("witness", "x");
        r.add("a");
        for (let i = 0; i < changes; i++) {
          r.nsp.get("a").join("x");
          r.emit(i, ["x"]);
          r.nsp.get("a").leave("x");
        }
        const received = r.emit("received");
        r.lose("a");
        // Comes back with the offset of its last packet, and is lost once more.
        expect(await r.comeBack("a", received)).to.deep.equal([]);
        r.nsp.add("a");
        r.lose("a");
        expect((await r.comeBack("a"))?.length ?? null).to.equal(outcome);
      });
  });

  it("takes a session that was given back in again", async () => {
    const r = new Recovering();
    r.add("a");
    r.lose("a");
    r.emit(1, ["a"]);
    const { missedPackets: _, ...session } = await r.adapter.restoreSession("token of a");
    r.adapter.persistSession(session);
    r.emit(2, ["a"]);
    expect(await r.comeBack("a")).to.deep.equal([1, 2]);
  });

  it("lets go of what is only for sending once it has sent it", () => {
    const r = new Recovering();
    const { prepare } = r.nsp;
    let released = 0;
    Object.assign(r.nsp, {
      prepare(packet: Parameters<typeof prepare>[0]) {
        const prepared = prepare.call(r.nsp, packet);
        return {
          ...prepared,
          release() {
            expect(r.nsp.get("a").delivered.length).to.equal(1);
            released++;
          },
        };
      },
    });
    r.add("a");
    r.emit(1);
    expect(released).to.equal(1);
  });

  it("gives back what was sent, not what has become of it", async () => {
    const r = new Recovering();
    const { prepare } = r.nsp;
    Object.assign(r.nsp, {
      prepare(packet: Parameters<typeof prepare>[0]) {
        const prepared = prepare.call(r.nsp, packet);
        return { ...prepared, decode: () => JSON.parse(prepared.wire) };
      },
    });
    r.add("a");
    r.lose("a");
    const state = { score: 1 };
    r.emit(state, ["a"]);
    state.score = 2;
    expect(await r.comeBack("a")).to.deep.equal([{ score: 1 }]);
  });

  it("gives each its own list of arguments", async () => {
    const nsp = new LegacyNamespace();
    const adapter = nsp.use(new SessionAwareAdapter(nsp));
    const offset = adapter.currentOffset();
    for (const id of ["a", "b"])
      adapter.persistSession({ sid: id, pid: id, rooms: [id, "x"], data: 1, offset });
    adapter.broadcast(event("e", 1), to(["x"]));
    const first = await adapter.restoreSession("a");
    first.missedPackets[0]?.push("spoilt");
    expect((await adapter.restoreSession("b")).missedPackets[0]?.length).to.equal(3);
  });

  it("counts the bytes of packets that the reference's encoder gives", async () => {
    const nsp = new LegacyNamespace();
    nsp.server.opts.connectionStateRecovery = { maxBytes: 150 };
    const adapter = nsp.use(new SessionAwareAdapter(nsp));
    const session = { rooms: ["x"], data: 1, offset: adapter.currentOffset() };
    for (const id of ["a", "b"]) adapter.persistSession({ sid: id, pid: id, ...session });
    for (let i = 1; i <= 3; i++) adapter.broadcast(event("e", i), to(["x"]));
    expect((await adapter.restoreSession("a")).missedPackets.length).to.equal(3);
    adapter.broadcast(event("e", 4), to(["x"]));
    expect(await adapter.restoreSession("b")).to.equal(null);
  });

  it("refuses limits that are none, naming each", () => {
    const nsp = new PortNamespace();
    nsp.server.opts.connectionStateRecovery = {
      maxDisconnectionDuration: "2m",
      maxPackets: 0,
      maxBytes: 0.5,
    };
    expect(() => new SessionAwareAdapter(nsp)).to.throw(
      TypeError,
      /maxDisconnectionDuration must be .*"2m"; maxPackets must be .*0; maxBytes must be .*0\.5/,
    );
  });

  it("keeps packets at a cost that does not grow with what it keeps", function () {
    this.timeout(10_000);
    const perPacketMs = (count: number) => {
      const r = new Recovering({ maxPackets: count });
      r.add("a", "x");
      for (let i = 0; i < count; i++) r.emit(i, ["x"]);
      const startMs = performance.now();
      for (let i = 0; i < 2_000; i++) r.emit(i, ["x"]);
      return (performance.now() - startMs) / 2_000;
    };
    perPacketMs(10);
    expect(perPacketMs(50_000) / perPacketMs(50)).to.be.below(20);
  });
});
