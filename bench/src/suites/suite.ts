import type { Peer } from "../peers/peer.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** Scenarios that the same servers are measured in. */
export interface Suite {
  readonly name: string;
  readonly summary: string;
  /** In the order of a round and of the table. */
  readonly peers: readonly Peer[];
  /** The one that has to meet the targets. */
  readonly own: Peer;
  /** The one that the ratios of the table refer to. */
  readonly reference: Peer;
  /** In the order of the target table. */
  readonly scenarios: readonly Scenario[];
}
