import type { Peer } from "./peers/peer.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { Suite } from "./suites/suite.ts";

/** A scenario to run, and who takes part. */
export interface Job {
  readonly suite: Suite;
  readonly scenario: Scenario;
  readonly peers: readonly Peer[];
}

/**
 * What is to be run when `names` names scenarios and whole suites, and `peerNames` servers. A scenario in which none of
 * these takes part is left out.
 *
 * @throws {TypeError} when nothing is left.
 */
export function selectJobs(
  suites: readonly Suite[],
  names: readonly string[],
  peerNames: readonly string[],
): Job[] {
  const jobs = suites.flatMap((suite) =>
    suite.scenarios
      .filter(({ name }) => names.includes(suite.name) || names.includes(name))
      .map((scenario) => ({
        suite,
        scenario,
        peers: suite.peers.filter(({ name, apps }) => peerNames.includes(name) && scenario.app in apps),
      }))
      .filter(({ peers }) => peers.length > 0),
  );
  if (jobs.length === 0)
    throw new TypeError(`Nothing to measure: ${peerNames.join(", ")} takes no part in ${names.join(", ")}`);
  return jobs;
}
