import type { Measurement, Scenario } from "./scenarios/scenario.ts";
import { ratiosByRound, type Spread, spreadOf } from "./statistics.ts";

/** Why a server has no figure, or the figures of its rounds, in order. */
export type Outcome = { readonly failure: string } | { readonly rounds: readonly Measurement[] };

/** All rounds of one scenario, by name of peer. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly parameters: Readonly<Record<string, number>>;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** What one peer's rounds come to. */
export type PeerSummary =
  | { readonly peer: string; readonly failure: string }
  | {
      readonly peer: string;
      readonly cost: Spread;
      readonly operationsPerSecond: Spread;
      /** Cost over the reference's cost of the same round; absent when the reference was not measured. */
      readonly ratio?: Spread;
    };

export function summarise({ outcomes }: ScenarioResult, referenceName: string): PeerSummary[] {
  const reference = outcomes.get(referenceName);
  return [...outcomes].map(([peer, outcome]) => {
    if ("failure" in outcome) return { peer, failure: outcome.failure };
    const costs = outcome.rounds.map(({ cost }) => cost);
    const summary = {
      peer,
      cost: spreadOf(costs),
      operationsPerSecond: spreadOf(outcome.rounds.map((round) => round.operationsPerSecond)),
    };
    if (reference === undefined || "failure" in reference) return summary;
    const ratios = ratiosByRound(
      costs,
      reference.rounds.map(({ cost }) => cost),
    );
    return ratios.length === 0 ? summary : { ...summary, ratio: spreadOf(ratios) };
  });
}
