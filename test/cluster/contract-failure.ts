import { expect } from "chai";
import type { Stage } from "./contract.ts";
import { eventually } from "./eventually.ts";
import type { RemoteFault } from "./node-handle.ts";

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

/** A node that dies. This comes after all else: it leaves other nodes than it found. */
export function failureContract(stage: Stage, { owedAnswer }: FailureOptions): void {
  const { cluster, node, visitor } = stage;
  const survivors = () => stage.visitors().filter(({ name }) => name !== "c1");

  describe("a node that dies", () => {
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
