import { expect } from "chai";
import { clusterContract, type Stage } from "./contract.ts";
import { chosenStack } from "./stack.ts";
import { Visitor } from "./visitor.ts";

clusterContract("@socket.io/cluster-adapter with @socket.io/sticky", {
  stack: chosenStack(),
  adapter: "cluster-adapter",
  failures: { owedAnswer: "given up" },
  more: balancerContract,
});

/** Through the balancer, with polling first: each request of a session has to come to the worker that has it. */
function balancerContract({ cluster, node }: Stage): void {
  describe("the sticky balancer", () => {
    const visitors: Visitor[] = [];
    const enter = async (name: string, options: { transports?: string[]; generation?: 2 | 4 } = {}) => {
      const url = cluster().balancerUrl ?? "";
      // The client's second request may overtake the worker's word to the balancer that the session is there: 400.
      const reconnects = true;
      const visitor = await Visitor.connect({ name, url, transports: ["polling"], reconnects, ...options });
      visitors.push(visitor);
      return { visitor, where: await visitor.ask("where") };
    };
    afterEach(() => {
      for (const visitor of visitors.splice(0)) visitor.close();
    });

    it("keeps a session on polling with its worker, and spreads sessions over all of them", async () => {
      const places = new Set<unknown>();
      for (let index = 0; places.size < 3; index++) {
        const { visitor, where } = await enter(`poller ${index}`);
        for (let time = 0; time < 3; time++) expect(await visitor.ask("where")).to.equal(where);
        places.add(where);
      }
    });

    it("keeps it with its worker over an upgrade, for clients old and new", async () => {
      for (const generation of [2, 4] as const) {
        const upgrader = () => enter("upgrader", { transports: ["polling", "websocket"], generation });
        let { visitor, where } = await upgrader();
        // A probe may overtake the word to the balancer as well, and is not repeated.
        while (!(await visitor.upgrade())) ({ visitor, where } = await upgrader());
        expect(await visitor.ask("where")).to.equal(where);
      }
    });

    it("brings broadcasts to sessions on polling, whichever worker has them", async () => {
      const pollers = [await enter("poller 1"), await enter("poller 2"), await enter("poller 3")];
      const seen = pollers.map(({ visitor }) => visitor.news.take("news", () => true));
      await node("A").run(["emit", "news", "all", Buffer.of(1, 2)]);
      expect(await Promise.all(seen)).to.deep.equal(Array(3).fill(["all", Buffer.of(1, 2)]));
    });
  });
}
