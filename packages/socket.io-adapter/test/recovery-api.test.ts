/** Connection state recovery: what is asked of the reference as well as of ours. */
import { expect } from "chai";
import { event, to } from "./support/fake-namespace.ts";
import { VARIANTS } from "./support/variants.ts";

for (const { title: name, library, makeNamespace } of VARIANTS) {
  const setUp = () => {
    const nsp = makeNamespace();
    nsp.server.opts.connectionStateRecovery = { maxDisconnectionDuration: 60_000 };
    const adapter = nsp.use(new library.SessionAwareAdapter(nsp));
    nsp.add("a", "x");
    nsp.add("b", "x");
    return { nsp, adapter };
  };
  const session = () => ({ sid: "a", pid: "token", rooms: ["a", "x"], data: { name: "a" } });

  describe(`recovery with the adapter of ${name}`, () => {
    it("puts a different offset at the end of each event", () => {
      const { nsp, adapter } = setUp();
      for (let i = 0; i < 3; i++) adapter.broadcast(event("e", i), to(["x"]));
      const sent = nsp.get("a").events as unknown[][];
      expect(sent.map((data) => data.slice(0, 2))).to.deep.equal([
        ["e", 0],
        ["e", 1],
        ["e", 2],
      ]);
      const offsets = sent.map((data) => data[2]);
      for (const offset of offsets) expect(offset).to.be.a("string").that.is.not.empty;
      expect(new Set(offsets).size).to.equal(3);
      expect(nsp.get("b").events).to.deep.equal(sent);
    });

    for (const [title, packet, flags] of [
      ["a volatile event", event("e"), { volatile: true }],
      ["an event that asks for an acknowledgement", { ...event("e"), id: 3 }, {}],
      ["another kind of packet", { type: 1, nsp: "/" }, {}],
    ] as const)
      it(`leaves ${title} as it is`, () => {
        const { nsp, adapter } = setUp();
        const wanted = JSON.parse(JSON.stringify(packet.type === 1 ? [undefined] : [["e"]]));
        adapter.broadcast(packet, to(["x"], [], flags));
        expect(nsp.get("a").delivered.length).to.equal(1);
        expect(nsp.get("a").delivered[0]?.data ?? null).to.deep.equal(wanted[0]);
      });

    it("gives back a session, and the events that it has missed since its offset", async () => {
      const { nsp, adapter } = setUp();
      adapter.broadcast(event("before"), to(["x"]));
      const offset = (nsp.get("a").events as unknown[][])[0]?.[1] as string;
      nsp.remove("a");
      adapter.persistSession(session());
      for (const [text, rooms, except] of [
        ["to its room", ["x"], []],
        ["to its own room", ["a"], []],
        ["to everyone", [], []],
        ["to another room", ["b"], []],
        ["to its room but it", ["x"], ["a"]],
        ["to everyone but its room", [], ["x"]],
        ["to several rooms", ["z", "x"], ["y"]],
      ] as const)
        adapter.broadcast(event(text), to(rooms, except));
      const restored = await adapter.restoreSession("token", offset);
      const { sid, pid, rooms, data, missedPackets } = restored;
      expect({ sid, pid, rooms, data }).to.deep.equal(session());
      expect(missedPackets.map(([text]) => text)).to.deep.equal([
        "to its room",
        "to its own room",
        "to everyone",
        "to several rooms",
      ]);
      for (const packet of missedPackets) expect(packet[1]).to.be.a("string");
    });

    it("gives nothing back for an unknown token or an unknown offset", async () => {
      const { nsp, adapter } = setUp();
      adapter.broadcast(event("e"), to(["x"]));
      const offset = (nsp.get("a").events as unknown[][])[0]?.[1] as string;
      expect(await adapter.restoreSession("token", offset)).to.equal(null);
      adapter.persistSession(session());
      expect(await adapter.restoreSession("__proto__", offset)).to.equal(null);
      expect(await adapter.restoreSession("token", "never given")).to.equal(null);
    });
  });
}
