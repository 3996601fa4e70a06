/** How a suite went. Checks that are not made of tests count as one test each. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING_RAN: Tally = { passed: 0, failed: 0, skipped: 0 };
export const ONE_PASSED: Tally = { ...NOTHING_RAN, passed: 1 };
export const ONE_FAILED: Tally = { ...NOTHING_RAN, failed: 1 };

export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const countTests = ({ passed, failed, skipped }: Tally): number => passed + failed + skipped;

/** The last line of `npm test`, which other programs read. */
export const summary = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** A message from the mocha process: its tests are over. */
export interface TestsOver {
  readonly kind: "tests-over";
  readonly tally: Tally;
}

export function isTestsOver(message: unknown): message is TestsOver {
  return (
    typeof message === "object" && message !== null && "kind" in message && message.kind === "tests-over"
  );
}
