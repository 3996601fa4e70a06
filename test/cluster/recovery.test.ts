import { expect } from "chai";
import { Cluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { connectRaw } from "./raw-client.ts";
import { type Relay, startRelay } from "./relay.ts";
import { chosenStack } from "./stack.ts";
import { Visitor } from "./visitor.ts";

for (const client of ["redis", "ioredis"] as const)
  describe(`connection state recovery on @socket.io/redis-streams-adapter with ${client}`, function () {
    this.timeout(30_000);
    let cluster: Cluster;
    let relay: Relay;
    let roamer: Visitor;
    let bystander: Visitor;

    before(async () => {
      cluster = await Cluster.start({
        stack: chosenStack(),
        adapter: `redis-streams-adapter with ${client}`,
        broker: "redis",
        recovery: true,
      });
      relay = await startRelay(cluster.node("A").port);
      roamer = await Visitor.connect({ name: "roamer", url: relay.url, reconnects: true });
      bystander = await cluster.visit("B", { name: "bystander" });
      await cluster.gather("blue", [roamer, bystander]);
    });
    after(async () => {
      roamer?.close();
      await relay?.close();
      await cluster?.close();
    });

    /** What it has been told, without the offset that the server put behind each. */
    const heard = async (from: string): Promise<readonly unknown[]> => {
      await cluster.fence(cluster.node(from), [roamer]);
      return roamer.news.takeAll().map((args) => {
        expect(args.at(-1)).to.match(/^\d+-\d+$/);
        return args.slice(0, -1);
      });
    };

    it("gives a client on another node its id, rooms, data and all that it missed, in order", async () => {
      const { id } = roamer;
      const [away, back] = [roamer.end(), roamer.connection()];
      relay.hold();
      expect(await away).to.match(/^transport (close|error)$/);
      await cluster.node("A").lost(id);
      for (const node of cluster.nodes) {
        await node.run(["emit", "news", node.name, "all"]);
        await node.run(["to", "blue"], ["emit", "news", node.name, "blue"]);
        await node.run(["to", "red"], ["emit", "news", node.name, "red"]);
        await cluster.fence(node, [bystander]);
      }
      relay.leadTo(cluster.node("B").port);
      await back;

      expect({ recovered: roamer.recovered, id: roamer.id }).to.deep.equal({ recovered: true, id });
      const missed = ["A", "B", "C"].flatMap((name) => [
        [name, "all"],
        [name, "blue"],
      ]);
      expect(await heard("C")).to.deep.equal(missed);
      const onB = await cluster.node("B").fetch(["local"], ["in", id]);
      expect(onB.map(({ rooms, data }) => ({ rooms, data }))).to.deep.equal([
        { rooms: [id, "blue"].sort(), data: { node: "A" } },
      ]);
    });

    it("goes on from there: a second move loses nothing and brings nothing twice", async () => {
      const { id } = roamer;
      await cluster.node("A").run(["emit", "news", "before"]);
      expect(await heard("A")).to.deep.equal([["before"]]);
      const [away, back] = [roamer.end(), roamer.connection()];
      relay.hold();
      await away;
      await cluster.node("B").lost(id);
      await cluster.node("B").run(["emit", "news", "meanwhile"]);
      await cluster.fence(cluster.node("B"), [bystander]);
      relay.leadTo(cluster.node("C").port);
      await back;
      expect(roamer.recovered).to.equal(true);
      expect(await heard("C")).to.deep.equal([["meanwhile"]]);
    });

    it("starts anew when the client left on purpose", async () => {
      const { id } = roamer;
      roamer.close();
      await cluster.node("C").lost(id);
      const back = roamer.connection();
      roamer.open();
      await back;
      expect(roamer.recovered).to.equal(false);
      expect(roamer.id).not.to.equal(id);
    });

    it("lets a token serve once, whichever nodes it is shown to", async () => {
      const [a, b, c] = cluster.nodes.map(({ url }) => url) as [string, string, string];
      const first = await connectRaw(a, {});
      await cluster.node("A").run(["to", first.sid], ["emit", "news", "yours"]);
      await eventually("it has its news", () => first.packets.length > 0);
      const [, , offset] = JSON.parse(first.packets[0]?.slice(2) ?? "") as string[];
      first.drop();
      await cluster.node("A").lost(first.sid);
      // What A says later arrives later than the session that it stored.
      await cluster.fence(cluster.node("A"), [bystander]);

      const claim = { pid: first.pid, offset };
      const claims = await Promise.all([connectRaw(b, claim), connectRaw(c, claim), connectRaw(a, claim)]);
      expect(claims.filter(({ sid }) => sid === first.sid)).to.have.length(1);
      expect(new Set(claims.map(({ sid }) => sid)).size).to.equal(3);
      for (const { drop } of claims) drop();
    });

    it("starts anew a client that shows no offset, or one that is none", async () => {
      for (const offset of [undefined, "", "x", "1-1; FLUSHALL"]) {
        const first = await connectRaw(cluster.node("A").url, {});
        first.drop();
        await cluster.node("A").lost(first.sid);
        const second = await connectRaw(cluster.node("B").url, { pid: first.pid, offset });
        expect(second.sid).not.to.equal(first.sid);
        second.drop();
      }
    });
  });
