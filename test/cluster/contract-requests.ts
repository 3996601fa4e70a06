import { expect } from "chai";
import type { Stage } from "./contract.ts";
import { eventually } from "./eventually.ts";
import type { RemoteFault } from "./node-handle.ts";
import { connectRaw } from "./raw-client.ts";

/** What one node asks of the others, or has them do. */
export function requestContract({ cluster, node, visitor, visitors }: Stage): void {
  const told = (from: "A" | "B" | "C") => cluster().told(node(from), visitors());
  const faultOf = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail("it was fulfilled"),
      (fault: RemoteFault) => fault,
    );
  const namesIn = async (from: "A" | "B" | "C", room: string) =>
    (await node(from).fetch(["in", room])).map(({ query }) => (query as { name: string }).name).sort();

  describe("requests", () => {
    it("fetches the sockets of all nodes, with rooms, data and handshake", async () => {
      const sockets = await node("B").fetch();
      expect(sockets.map(({ id }) => id).sort()).to.deep.equal(
        visitors()
          .map(({ id }) => id)
          .sort(),
      );
      const c1 = sockets.find(({ id }) => id === visitor("c1").id);
      expect(c1?.data).to.deep.equal({ node: "C" });
      expect(c1?.rooms).to.deep.equal([visitor("c1").id, "blue"].sort());
      expect(c1?.query).to.include({ name: "c1" });
    });

    it("fetches those of a room, and the node's own alone", async () => {
      expect(await namesIn("C", "red")).to.deep.equal(["a1", "a2"]);
      const local = await node("B").fetch(["local"]);
      expect(local.map(({ id }) => id).sort()).to.deep.equal([visitor("b1").id, visitor("b2").id].sort());
    });

    it("makes sockets of other nodes join and leave", async () => {
      await node("A").run(["in", ["blue", visitor("b1").id]], ["socketsJoin", ["green", "grey"]]);
      await eventually("all have joined", async () => (await namesIn("A", "green")).length === 4);
      expect(await namesIn("B", "grey")).to.deep.equal(["a1", "b1", "b2", "c1"]);
      await node("A").run(["in", "green"], ["except", "red"], ["socketsLeave", "green"]);
      await eventually("all but one have left", async () => (await namesIn("A", "green")).length === 1);
      expect(await namesIn("C", "grey")).to.deep.equal(["a1", "b1", "b2", "c1"]);
    });

    it("speaks to a remote socket, and makes it join and leave", async () => {
      const remote = { of: "remote socket", room: visitor("c1").id } as const;
      await node("A").on(remote, ["emit", "news", "remote"]);
      expect(await told("A")).to.deep.equal({ c1: [["remote"]] });
      await node("A").on(remote, ["join", "far"]);
      await eventually("it has joined", async () => (await namesIn("A", "far")).join() === "c1");
      await node("A").on(remote, ["leave", "far"]);
      await eventually("it has left", async () => (await namesIn("A", "far")).length === 0);
    });

    it("disconnects the sockets of a room on all nodes", async () => {
      const guests = [
        await cluster().visit("A", { name: "guest 1" }),
        await cluster().visit("B", { name: "guest 2" }),
        await cluster().visit("C", { name: "guest 3", generation: 2 }),
      ];
      await cluster().gather("guests", guests);
      const ends = guests.map((guest) => guest.end());
      await node("B").run(["in", "guests"], ["disconnectSockets"]);
      expect(await Promise.all(ends)).to.deep.equal(Array(3).fill("io server disconnect"));
      expect(visitors().map(({ socket }) => socket.connected)).to.deep.equal(Array(5).fill(true));
    });

    it("closes the connections below as well, when asked to", async () => {
      const guest = await connectRaw(node("C").url, {});
      await node("A").run(["in", guest.sid], ["disconnectSockets", true]);
      await guest.closed;
      expect(guest.packets).to.include("41");
    });

    it("says a server-side event to the other nodes, and not to itself", async () => {
      await node("A").run(["serverSideEmit", "news", { from: "A" }, 2]);
      for (const other of ["B", "C"] as const)
        expect(await node(other).event("news")).to.deep.equal([{ from: "A" }, 2]);
      // A would have heard itself by now, were it to.
      await node("B").run(["serverSideEmit", "news", "later"]);
      expect(await node("A").event("news")).to.deep.equal(["later"]);
      await node("C").event("news");
    });

    it("gathers what the other nodes answer", async () => {
      const answers = await node("C").run(["serverSideEmitWithAck", "question", "where"]);
      expect([...(answers as string[])].sort()).to.deep.equal(["A: where", "B: where"]);
    });

    it("counts the nodes", async () => {
      for (const asked of ["A", "B", "C"] as const)
        expect(await node(asked).on({ of: "adapter" }, ["serverCount"])).to.equal(3);
    });

    it("gathers what the sockets of all nodes answer to a broadcast", async () => {
      const answers = await node("A").run(["timeout", 5_000], ["emitWithAck", "question", "who"]);
      expect([...(answers as string[])].sort()).to.deep.equal([
        "a1: who",
        "a2: who",
        "b1: who",
        "b2: who",
        "c1: who",
      ]);
      expect(Object.keys(await told("A"))).to.have.length(5);
      const blue = await node("B").run(["to", "blue"], ["timeout", 5_000], ["emitWithAck", "question", "?"]);
      expect([...(blue as string[])].sort()).to.deep.equal(["a1: ?", "b2: ?", "c1: ?"]);
      await told("B");
    });

    it("gives the answers that came, when one is missing at the end of the wait", async () => {
      const guest = await cluster().visit("C", { name: "guest" });
      guest.fallSilent();
      await cluster().gather("asked", [visitor("a1"), visitor("b1"), guest]);
      const fault = await faultOf(
        node("B").run(["to", "asked"], ["timeout", 400], ["emitWithAck", "question", "?"]),
      );
      guest.close();
      expect(fault.message).to.equal("operation has timed out");
      expect([...(fault.responses as string[])].sort()).to.deep.equal(["a1: ?", "b1: ?"]);
      await told("B");
    });

    it("answers a broadcast that reaches nobody with no answers at once", async () => {
      const answers = await node("A").run(["to", "nowhere"], ["timeout", 1_000], ["emitWithAck", "question"]);
      expect(answers).to.deep.equal([]);
    });
  });
}
