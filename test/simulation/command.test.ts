import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { explain } from "./simulate.ts";

const COMMAND = join(import.meta.dirname, "command.ts");

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], environment: Record<string, string> = {}): Promise<Result> =>
  promisify(execFile)(process.execPath, [...process.execArgv, COMMAND, ...args], {
    env: { ...process.env, ...environment },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Result) => error,
  );

describe("npm run simulate", function () {
  this.timeout(60_000);

  it("draws the run of the seed in SEED, the same each time", async () => {
    const { code, stdout } = await run([], { SEED: "7" });
    expect(code).to.equal(0);
    expect(stdout).to.equal(`${explain(7)}\n`);
  });

  it("checks the runs of many seeds", async () => {
    const { code, stdout } = await run(["--from", "5", "--count", "20"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^20 runs in [\d.]+ s, 0 violations$/m);
  });

  it("draws the first run that shows a broken part, and ends with 1", async () => {
    const { code, stdout } = await run(["--count", "50", "--broken", "loses what waited"]);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^seed \d+, course .*: VIOLATED: /m);
    expect(stdout).to.match(/^50 runs in [\d.]+ s, \d+ violations: seeds /m);
  });

  it("says what it can do, and what it cannot", async () => {
    expect((await run(["--help"])).stdout).to.include("SEED=7 npm run simulate");
    const wrong = await run(["--seed", "seven"]);
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      'seed must be a whole number, got "seven"; see --help\n',
    ]);
  });
});
