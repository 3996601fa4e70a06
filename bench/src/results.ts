import type { Measurement, Scenario, Target } from "./scenarios/scenario.ts";
import { ratiosByRound, type Spread, spreadOf } from "./statistics.ts";
import type { Suite } from "./suites/suite.ts";

/** Why a server has no figure, why it could not run at all, or the figures of its rounds, in order. */
export type Outcome =
  | { readonly failure: string }
  | { readonly absence: string }
  | { readonly rounds: readonly Measurement[] };

/** All rounds of one scenario, by name of peer. */
export interface ScenarioResult {
  readonly suite: Suite;
  readonly scenario: Scenario;
  readonly parameters: Readonly<Record<string, number>>;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** What one peer's rounds come to. */
export type PeerSummary =
  | { readonly peer: string; readonly failure: string }
  | { readonly peer: string; readonly absence: string }
  | {
      readonly peer: string;
      readonly cost: Spread;
      readonly operationsPerSecond?: Spread;
      /** Cost over the reference's cost of the same round; absent when the reference was not measured. */
      readonly ratio?: Spread;
    };

/** A target, and what our own server reached; absent when it, or whom it is compared with, was not measured. */
export interface TargetSummary {
  readonly target: Target;
  readonly reached?: Spread;
}

const costsOf = ({ outcomes }: ScenarioResult, peer: string): readonly number[] => {
  const outcome = outcomes.get(peer);
  return outcome !== undefined && "rounds" in outcome ? outcome.rounds.map(({ cost }) => cost) : [];
};

const spreadIfAny = (values: readonly number[]): Spread | undefined =>
  values.length === 0 ? undefined : spreadOf(values);

export function summarisePeers(result: ScenarioResult): PeerSummary[] {
  const referenceCosts = costsOf(result, result.suite.reference.name);
  return [...result.outcomes].map(([peer, outcome]) => {
    if (!("rounds" in outcome)) return { peer, ...outcome };
    const costs = costsOf(result, peer);
    const speeds = outcome.rounds.flatMap(({ operationsPerSecond }) => operationsPerSecond ?? []);
    const operationsPerSecond = spreadIfAny(speeds);
    const ratio = spreadIfAny(ratiosByRound(costs, referenceCosts));
    return {
      peer,
      cost: spreadOf(costs),
      ...(operationsPerSecond === undefined ? {} : { operationsPerSecond }),
      ...(ratio === undefined ? {} : { ratio }),
    };
  });
}

export function summariseTargets(result: ScenarioResult): TargetSummary[] {
  const costs = costsOf(result, result.suite.own.name);
  return result.scenario.targets.map((target) => {
    const reached = spreadIfAny(
      "peer" in target ? ratiosByRound(costs, costsOf(result, target.peer)) : costs,
    );
    return { target, ...(reached === undefined ? {} : { reached }) };
  });
}

/** The most that is allowed, in the unit of what was reached. */
export const limitOf = (target: Target): number => ("peer" in target ? target.ratio : target.most);

/** `undefined` when nothing was measured. */
export const isMet = ({ target, reached }: TargetSummary): boolean | undefined =>
  reached === undefined ? undefined : reached.median <= limitOf(target);
