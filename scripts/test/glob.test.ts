import { expect } from "chai";
import { matchesAny } from "../lib/glob.ts";

const CASES: readonly [glob: string, path: string, matches: boolean][] = [
  ["packages/*/src/index.ts", "packages/core/src/index.ts", true],
  ["packages/*/src/index.ts", "packages/core/more/src/index.ts", false],
  ["src/**/*-states.ts", "src/session-states.ts", true],
  ["src/**/*-states.ts", "src/deep/down/session-states.ts", true],
  ["src/**/*-states.ts", "src/session-states.tsx", false],
  ["src/**", "src/a/b.ts", true],
  ["a.ts", "abts", false],
];

describe("path patterns", () => {
  for (const [glob, path, matches] of CASES)
    it(`${glob} ${matches ? "matches" : "does not match"} ${path}`, () => {
      expect(matchesAny(path, [glob])).to.equal(matches);
    });
});
