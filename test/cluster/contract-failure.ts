import { expect } from "chai";
import type { Stage } from "./contract.ts";
import { eventually } from "./eventually.ts";
import type { RemoteFault } from "./node-handle.ts";
import type { Visitor } from "./visitor.ts";

export interface FailureOptions {
  /** What becomes of an answer that a killed node owes: the others' are given, or the request times out. */
  readonly owedAnswer: "given up" | "timed out";
  /**
   * What becomes of what a node says to its own sockets while the broker is away. Defaults to "served", at once.
   * The official `ClusterAdapter` has them wait until the broker has taken it.
   */
  readonly whileAway?: "served" | "kept waiting";
  /** What the adapter lets go unhandled of its broker's client when the broker goes in the middle of a command. */
  readonly lostCommand?: RegExp;
}

/** A node that dies, and a broker that goes and comes back. These come last: they leave other nodes than they found. */
export function failureContract(stage: Stage, { owedAnswer, whileAway = "served" }: FailureOptions): void {
  const { cluster, node, visitor } = stage;
  const survivors = () => stage.visitors().filter(({ name }) => name !== "c1");

  describe("failures", () => {
    it("goes on without a node that is killed while others wait for its answer", async () => {
      visitor("c1").fallSilent();
      const broadcast = settled(node("A").run(["timeout", 1_000], ["emitWithAck", "question", "?"]));
      const asked = settled(node("B").run(["serverSideEmitWithAck", "riddle", "C"]));
      await node("C").event("riddle");
      await visitor("c1").news.take("the question", () => true);
      const end = visitor("c1").end();
      node("C").kill();
      expect(await end).to.match(/^transport (close|error)$/);

      await node("A").run(["emit", "news", "after"]);
      for (const { news } of survivors()) await news.take("news", ([first]) => first === "after");
      await eventually("the node is given up", async () => {
        const count = await node("A").on({ of: "adapter" }, ["serverCount"]);
        return count === 2;
      });
      expect(await node("A").fetch()).to.have.length(4);

      const answers = ["a1: ?", "a2: ?", "b1: ?", "b2: ?"];
      expect(await broadcast).to.deep.equal({ fault: "operation has timed out", answers });
      const ended = await asked;
      if (owedAnswer === "given up") expect(ended).to.deep.equal({ fault: undefined, answers: ["A"] });
      else expect(ended.fault).to.match(/^timeout reached/);
    });

    it("takes in a node that is started anew", async () => {
      await cluster().startNode("C");
      const newcomer = await cluster().visit("C", { name: "newcomer" });
      for (const name of ["A", "B", "C"] as const)
        await cluster().fence(node(name), [...survivors(), newcomer]);
      expect(await node("C").fetch()).to.have.length(5);
      newcomer.close();
    });

    it("serves its own sockets while the broker is away, and the others when it is back", async function () {
      const { broker } = cluster();
      if (broker === undefined) return this.skip();
      const newcomer = await cluster().visit("C", { name: "newcomer" });
      const local: readonly [name: "A" | "B" | "C", Visitor][] = [
        ["A", visitor("a1")],
        ["B", visitor("b1")],
        ["C", newcomer],
      ];
      let count = 0;
      /** Every node says something, which its own hear. */
      const talk = async () => {
        const number = ++count;
        for (const [name] of local) await node(name).run(["emit", "news", name, number]);
        const heard = local.map(([name, { news }]) =>
          news.take("its node's news", ([from, said]) => from === name && said === number),
        );
        if (whileAway === "served") await Promise.all(heard);
        else late.push(...heard);
      };
      const late: Promise<unknown>[] = [];
      await talk();
      try {
        await Promise.all([broker.stop(), ...Array.from({ length: 20 }, talk)]);
        for (let round = 0; round < 10; round++) await talk();
      } finally {
        await Promise.all([broker.start(), talk()]);
      }
      await Promise.all(late);
      const everybody = [...survivors(), newcomer];
      for (const [name] of local) await cluster().fence(node(name), everybody);
      await eventually("the nodes answer one another", async () => {
        const sockets = await node("B")
          .fetch()
          .catch(() => []);
        return sockets.length === everybody.length;
      });
      newcomer.close();
    });
  });
}

interface Ended {
  readonly fault: string | undefined;
  readonly answers: unknown;
}

/** How a request ended, whichever way. */
const settled = (request: Promise<unknown>): Promise<Ended> =>
  request.then(
    (answers) => ({ fault: undefined, answers: sorted(answers) }),
    ({ message, responses }: RemoteFault) => ({ fault: message, answers: sorted(responses) }),
  );

const sorted = (values: unknown): unknown => (Array.isArray(values) ? [...values].sort() : values);
