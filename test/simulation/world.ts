import type { Coverage, Fact } from "./coverage.ts";
import type { Column, Row } from "./diagram.ts";
import { FAULTS, type FaultRates } from "./faults.ts";
import { Random } from "./random.ts";
import { drawScenario, type Scenario } from "./scenario.ts";
import { Scheduler } from "./scheduler.ts";

/** What must never be, and was. */
export interface Violation {
  /** The property that does not hold. */
  readonly property: string;
  readonly detail: string;
}

/** What the two ends and the network of one run share. */
export class World {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly scenario: Scenario;
  readonly coverage: Coverage;
  /** There when somebody wants to see the run. */
  readonly rows: Row[] | undefined;
  rates: FaultRates;
  /** Nothing is delivered any more. */
  isSilent = false;
  /** When one of the ends last got something, as far as that matters: when the network fell silent, or later. */
  lastSignMs = 0;
  /** The first one; what comes after it may be its consequence. */
  violation: Violation | undefined;

  constructor(seed: number, coverage: Coverage, rows: Row[] | undefined) {
    this.random = new Random(seed);
    this.scenario = drawScenario(this.random);
    this.rates = FAULTS[this.scenario.faults];
    this.coverage = coverage;
    this.rows = rows;
  }

  /** For the diagram. Callers ask `rows` first, so that no text is made for nobody. */
  note(column: Column, text: string): void {
    this.rows?.push({ atMs: this.scheduler.nowMs, column, text });
  }

  noteSign(): void {
    this.lastSignMs = this.scheduler.nowMs;
  }

  count(fact: Fact): void {
    this.coverage.count(fact);
  }

  violate(property: string, detail: string): void {
    this.violation ??= { property, detail };
    this.note("client", `VIOLATED: ${property}`);
  }

  /** How long one delivery takes. */
  delay(): number {
    const { random, scenario, rates } = this;
    const [least, most] = scenario.delayMs;
    const usualMs = random.between(least, most);
    if (!random.chance(rates.slow)) return usualMs;
    this.count("slow delivery");
    return usualMs + random.between(500, 6000);
  }

  /** Delivers after a time, unless the network is silent by then. */
  deliver(delayMs: number, arrive: () => void): void {
    this.scheduler.after(delayMs, () => {
      if (!this.isSilent) arrive();
    });
  }
}
