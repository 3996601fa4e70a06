/** What every adapter has to do on three nodes. Each of them runs these same lines. */
import { expect } from "chai";
import { Cluster, type ClusterOptions } from "./cluster.ts";
import { broadcastContract } from "./contract-broadcast.ts";
import { brokerContract } from "./contract-broker.ts";
import { type FailureOptions, failureContract } from "./contract-failure.ts";
import { requestContract } from "./contract-requests.ts";
import type { NodeHandle } from "./node-handle.ts";
import type { Visitor } from "./visitor.ts";

/** What the parts of the contract work on. Functions, since it is there only when the tests run. */
export interface Stage {
  cluster(): Cluster;
  node(name: "A" | "B" | "C"): NodeHandle;
  visitor(name: VisitorName): Visitor;
  visitors(): readonly Visitor[];
}

/** Who is where: a1 and a2 on A, b1 on B, c1 on C; b2, on B, is of an old generation. */
export type VisitorName = "a1" | "a2" | "b1" | "b2" | "c1";

export interface ContractOptions extends ClusterOptions {
  /** What befalls the cluster in the last tests. Nothing when it is false. */
  readonly failures: FailureOptions | false;
  /** More tests on the same three nodes. */
  more?(stage: Stage): void;
}

export function clusterContract(title: string, options: ContractOptions): void {
  describe(title, function () {
    this.timeout(30_000);
    let cluster: Cluster | undefined;
    const visitors = new Map<VisitorName, Visitor>();
    const need = <T>(found: T | undefined): T => {
      if (found === undefined) throw new Error("the cluster did not start");
      return found;
    };
    const stage: Stage = {
      cluster: () => need(cluster),
      node: (name) => need(cluster).node(name),
      visitor: (name) => need(visitors.get(name)),
      visitors: () => [...visitors.values()],
    };

    before(async () => {
      cluster = await Cluster.start(options);
      const places = { a1: "A", a2: "A", b1: "B", b2: "B", c1: "C" } as const;
      for (const name of Object.keys(places) as VisitorName[])
        visitors.set(name, await cluster.visit(places[name], { name, generation: name === "b2" ? 2 : 4 }));
      for (const node of cluster.nodes) await cluster.fence(node, stage.visitors());
    });
    after(() => cluster?.close());
    afterEach("nothing was thrown on a node", () => {
      const errors = (cluster?.nodes ?? []).flatMap((node) => node.takeFaults());
      const expected = options.failures === false ? undefined : options.failures.lostCommand;
      expect(errors.filter((error) => expected?.test(error) !== true)).to.deep.equal([]);
    });

    broadcastContract(stage);
    requestContract(stage);
    options.more?.(stage);
    if (options.failures !== false) failureContract(stage, options.failures);
    if (options.failures !== false && options.broker !== undefined) brokerContract(stage, options.failures);
  });
}
