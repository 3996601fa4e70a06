import { type BenchOptions, helpText, readArguments } from "./arguments.ts";
import { OWN_PEER, PEERS, REFERENCE_PEER } from "./peers/index.ts";
import { Progress } from "./progress.ts";
import { toReport, writeReport } from "./report-file.ts";
import type { ScenarioResult } from "./results.ts";
import { type Plan, runScenario } from "./run.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { ServerFailure } from "./server/server-process.ts";
import { renderTable } from "./table.ts";

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs what was asked for and prints it; gives the exit code. */
async function bench(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const plan: Plan = {
    peers: PEERS.filter(({ name }) => options.peers.includes(name)),
    rounds: options.rounds,
    settings: {
      warmupMs: options.warmup * 1000,
      durationMs: options.duration * 1000,
      ...(options.connections === undefined ? {} : { connections: options.connections }),
    },
  };
  const results: ScenarioResult[] = [];
  const progress = new Progress(process.stderr);
  try {
    for (const scenario of SCENARIOS.filter(({ name }) => options.scenarios.includes(name)))
      results.push(await runScenario(scenario, plan, (text) => progress.update(text), signal));
  } finally {
    progress.stop();
  }
  const names = { reference: REFERENCE_PEER.name, own: OWN_PEER.name };
  console.log(renderTable(results, names).join("\n"));
  if (options.json !== undefined) writeReport(options.json, toReport(results, plan));
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
  try {
    options = readArguments(process.argv.slice(2));
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
    return await bench(options, abort.signal);
  } catch (cause) {
    const known = complaint(cause);
    if (known === undefined) throw cause;
    console.error(known.text);
    return known.code;
  }
}

process.exitCode = await main();
