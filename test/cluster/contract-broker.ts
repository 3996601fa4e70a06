import { expect } from "chai";
import type { Stage } from "./contract.ts";
import type { FailureOptions } from "./contract-failure.ts";
import { eventually } from "./eventually.ts";
import type { Visitor } from "./visitor.ts";

/** A broker that goes and comes back. */
export function brokerContract(
  { cluster, node, visitor, visitors }: Stage,
  { whileAway = "served" }: FailureOptions,
): void {
  describe("a broker that fails", () => {
    // c1 went with its node.
    const survivors = () => visitors().filter(({ name }) => name !== "c1");

    it("serves its own sockets while the broker is away, and the others when it is back", async () => {
      const { broker } = cluster();
      if (broker === undefined) throw new Error("these nodes have no broker");
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
        const goneMs = performance.now();
        for (let round = 0; round < 10; round++) await talk();
        // Each takes milliseconds, unless it waits for something of the broker's.
        expect(performance.now() - goneMs).to.be.lessThan(5_000);
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
