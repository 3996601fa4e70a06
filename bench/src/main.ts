import { type BenchOptions, helpText, readArguments } from "./arguments.ts";
import { Progress } from "./progress.ts";
import { toReport, writeReport } from "./report-file.ts";
import type { ScenarioResult } from "./results.ts";
import { type Plan, runJob } from "./run.ts";
import { type Job, selectJobs } from "./select-jobs.ts";
import { LOAD_CORE, pinToCore } from "./server/pin.ts";
import { ServerFailure } from "./server/server-process.ts";
import { SUITES } from "./suites/index.ts";
import { renderTable } from "./table.ts";

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const planOf = ({ rounds, warmup, duration, connections }: BenchOptions): Plan => ({
  rounds,
  settings: {
    warmupMs: warmup * 1000,
    durationMs: duration * 1000,
    ...(connections === undefined ? {} : { connections }),
  },
});

/** Runs what was asked for and prints it; gives the exit code. */
async function bench(jobs: readonly Job[], options: BenchOptions, signal: AbortSignal): Promise<number> {
  const plan = planOf(options);
  const results: ScenarioResult[] = [];
  pinToCore(process.pid, LOAD_CORE);
  const progress = new Progress(process.stderr);
  try {
    for (const job of jobs) results.push(await runJob(job, plan, (text) => progress.update(text), signal));
  } finally {
    progress.stop();
  }
  console.log(renderTable(results).join("\n"));
  if (options.json !== undefined) writeReport(options.json, toReport(results, jobs, plan));
  const failed = results.some(({ outcomes }) =>
    [...outcomes.values()].some((outcome) => "failure" in outcome),
  );
  return failed ? EXIT.failed : EXIT.ok;
}

/** What to say of an error that is the user's or the server's to mend; a fault of our own keeps its stack. */
function complaint(cause: unknown): { readonly text: string; readonly code: number } | undefined {
  if (cause instanceof ServerFailure) return { text: cause.message, code: EXIT.failed };
  if (cause instanceof Error && "syscall" in cause) return { text: cause.message, code: EXIT.failed };
  return undefined;
}

async function main(): Promise<number> {
  let options: BenchOptions | "help";
  let jobs: readonly Job[] = [];
  try {
    options = readArguments(process.argv.slice(2));
    if (options !== "help") jobs = selectJobs(SUITES, options.scenarios, options.peers);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    console.error(cause.message);
    return EXIT.usage;
  }
  if (options === "help") {
    console.log(helpText());
    return EXIT.ok;
  }

  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      abort.abort();
      process.exit(EXIT.interrupted);
    });
  try {
    return await bench(jobs, options, abort.signal);
  } catch (cause) {
    const known = complaint(cause);
    if (known === undefined) throw cause;
    console.error(known.text);
    return known.code;
  }
}

process.exitCode = await main();
