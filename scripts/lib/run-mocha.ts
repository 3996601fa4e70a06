import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { add, countTests, isTestsOver, NOTHING_RAN, ONE_FAILED, type Tally } from "./tally.ts";

// Resolved from here: the suite may run in another folder, as the tests of this file do.
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const CHILD = join(import.meta.dirname, "mocha-child.ts");

export interface MochaRun {
  readonly root: string;
  /** Test files, absolute or relative to `root`. */
  readonly files: readonly string[];
  readonly grep?: string | undefined;
  /** Bound on the whole suite. Defaults to 15 minutes. */
  readonly limitMs?: number;
  /** How long the process may outlive its tests. Defaults to 10 seconds. */
  readonly lingerMs?: number;
  /** Where the faults of the suite as a whole go. Defaults to the console. */
  readonly say?: (line: string) => void;
  /** Leave out what the tests and the reporter print. Defaults to false. */
  readonly quiet?: boolean;
}

/** Runs a suite in a process of its own. Whatever goes wrong in or around it is a failed test, with a line that says what. */
export async function runMocha(run: MochaRun): Promise<Tally> {
  const { limitMs = 15 * 60_000, lingerMs = 10_000, say = console.log, quiet = false } = run;
  if (run.files.length === 0) return failed("there are no test files", say);
  const child = fork(CHILD, [JSON.stringify({ files: run.files, grep: run.grep })], {
    cwd: run.root,
    execArgv: ["--conditions=towline-source", "--import", TSX],
    stdio: ["ignore", quiet ? "ignore" : "inherit", quiet ? "ignore" : "inherit", "ipc"],
  });
  let reported: Tally | undefined;
  let killedFor: string | undefined;
  const killAfter = (ms: number, reason: string) =>
    setTimeout(() => {
      killedFor = reason;
      child.kill("SIGKILL");
    }, ms);

  let timer = killAfter(limitMs, `the suite did not finish within ${limitMs / 1000} s`);
  child.on("message", (message) => {
    if (!isTestsOver(message)) return;
    reported = message.tally;
    clearTimeout(timer);
    timer = killAfter(
      lingerMs,
      `left something open: still running ${lingerMs / 1000} s after its last test`,
    );
  });
  const code = await exitCode(child);
  clearTimeout(timer);

  const fault = killedFor ?? faultOf(code, reported, run);
  return fault === undefined ? (reported ?? NOTHING_RAN) : failed(fault, say, reported);
}

function failed(fault: string, say: (line: string) => void, sofar: Tally = NOTHING_RAN): Tally {
  say(`  ✗ ${fault}`);
  return add(sofar, ONE_FAILED);
}

function faultOf(code: number, reported: Tally | undefined, { files, grep }: MochaRun): string | undefined {
  if (reported === undefined) return `the test process ended early, with code ${code}`;
  if (countTests(reported) === 0)
    return grep === undefined ? `not one test in ${files.length} files` : undefined;
  return reported.failed === 0 && code !== 0 ? `the test process ended with code ${code}` : undefined;
}

const exitCode = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
