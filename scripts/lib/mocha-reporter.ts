import mocha from "mocha";
import type { TestsOver } from "./tally.ts";

const { EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_FAIL } = mocha.Runner.constants;
const { Base } = mocha.reporters;

/** How long the process may take to end by itself before it says what keeps it. */
const LINGER_MS = 2000;

/** One line for each `describe`, every failure in full with its diff, and the counts to the parent process. */
export class SuiteLineReporter extends Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(EVENT_SUITE_END, printSuite);
    runner.on(EVENT_TEST_FAIL, (test) => console.log(Base.color("fail", `  ✗ ${test.fullTitle()}`)));
    runner.once(EVENT_RUN_END, () => this.#finish());
  }

  #finish(): void {
    if (this.failures.length > 0) Base.list(this.failures);
    const { passes: passed, failures: failed, pending: skipped } = this.stats;
    const message: TestsOver = { kind: "tests-over", tally: { passed, failed, skipped } };
    process.send?.(message);
    // Unreferenced: it fires only in a process that something else keeps alive.
    setTimeout(() => console.log(`  still open: ${openResources()}`), LINGER_MS).unref();
  }
}

/** What keeps this process alive, its pipes to the parent left out. */
function openResources(): string {
  const count = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo())
    if (name !== "PipeWrap" && name !== "TTYWrap") count.set(name, (count.get(name) ?? 0) + 1);
  return [...count].map(([name, times]) => `${times} × ${name}`).join(", ") || "nothing that Node can name";
}

function printSuite(suite: Mocha.Suite): void {
  const passed = suite.tests.filter((test) => test.isPassed());
  const failed = suite.tests.filter((test) => test.isFailed());
  const skipped = suite.tests.filter((test) => test.isPending());
  const ran = [...passed, ...failed];
  if (ran.length + skipped.length === 0) return;
  const counts = [`${passed.length} passed`];
  if (failed.length > 0) counts.push(`${failed.length} failed`);
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  const durationMs = ran.reduce((sum, test) => sum + (test.duration ?? 0), 0);
  const mark = failed.length > 0 ? Base.color("fail", "✗") : Base.color("checkmark", "✓");
  console.log(
    `  ${mark} ${suite.fullTitle()}: ${counts.join(", ")} ${Base.color("light", `(${durationMs} ms)`)}`,
  );
}
