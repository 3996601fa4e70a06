import { Course } from "./course.ts";
import { Coverage } from "./coverage.ts";
import { drawDiagram, type Row } from "./diagram.ts";
import { withMicrotasks } from "./microtasks.ts";
import { type Parts, SOUND_PARTS } from "./parts.ts";
import type { Scenario } from "./scenario.ts";
import { type Violation, World } from "./world.ts";

export interface SimulationOptions {
  readonly parts?: Parts;
  /** Counts what happens. */
  readonly coverage?: Coverage;
  /** Whether to keep the rows of the diagram, which takes time. Defaults to false. */
  readonly draw?: boolean;
}

export interface Outcome {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly violation: Violation | undefined;
  /** Equal for equal courses. */
  readonly digest: string;
  readonly rows: readonly Row[];
}

/** Runs one session from its opening to its end. The same seed takes the same course each time. */
export function simulate(seed: number, options: SimulationOptions = {}): Outcome {
  const { parts = SOUND_PARTS, coverage = new Coverage(), draw = false } = options;
  const rows: Row[] | undefined = draw ? [] : undefined;
  const world = new World(seed, coverage, rows);
  withMicrotasks((drain) => new Course(world, parts, drain).run());
  const { scheduler, random, scenario, violation } = world;
  const digest = `${(scheduler.digest >>> 0).toString(16)}-${(random.state >>> 0).toString(16)}`;
  return { seed, scenario, violation, digest, rows: rows ?? [] };
}

/** Runs the seed once more, to show what happened. */
export function explain(seed: number, parts: Parts = SOUND_PARTS): string {
  const { scenario, violation, digest, rows } = simulate(seed, { parts, draw: true });
  const verdict =
    violation === undefined
      ? "all properties hold"
      : `VIOLATED: ${violation.property}\n  ${violation.detail}`;
  return [
    drawDiagram(rows),
    "",
    `seed ${seed}, course ${digest}: ${verdict}`,
    `scenario ${JSON.stringify(scenario)}`,
  ].join("\n");
}
