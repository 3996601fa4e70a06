import type { AppName, Peer } from "../peers/peer.ts";
import type { Usage } from "../server/messages.ts";

/** What the command line sets for every scenario alike. */
export interface LoadSettings {
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Replaces the scenario's own number. */
  readonly connections?: number;
}

/** A server that is up, as a scenario sees it. */
export interface Subject {
  readonly peer: Peer;
  readonly port: number;
  usage(): Promise<Usage>;
  /** The usage once the server has collected all garbage. */
  usageAfterCollection(): Promise<Usage>;
}

/** What one server came to in one round. */
export interface Measurement {
  /** In the unit of the scenario; less is better. */
  readonly cost: number;
  readonly operations: number;
  /** Absent where it is not speed that is measured. */
  readonly operationsPerSecond?: number;
  /** What the load generator itself paid, in µs of CPU per operation. */
  readonly generatorMicros?: number;
}

/** What ours has to reach. */
export type Target =
  /** The most that it may cost, as a share of what `peer` costs in the same round. */
  | { readonly peer: string; readonly ratio: number }
  /** The most that it may cost, in the unit of the scenario. */
  | { readonly most: number };

/** Rows of the target table: how to load a server and what to count. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Of `cost`, such as "µs/message". */
  readonly unit: string;
  readonly targets: readonly Target[];
  /** What a server has to do; peers that cannot do it take no part. */
  readonly app: AppName;
  /** What the results note down beside the figures. */
  parameters(settings: LoadSettings): Readonly<Record<string, number>>;
  /**
   * Loads `subject` and measures it.
   *
   * @param onPhase hears what is being done, for the progress line.
   * @throws {LoadFailure} when the server dropped or changed something.
   */
  measure(subject: Subject, settings: LoadSettings, onPhase: (phase: string) => void): Promise<Measurement>;
}

/** What a scenario says of itself, whatever its kind. */
export type About = Pick<Scenario, "name" | "summary" | "targets">;
