import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Resolved from here: the keeper runs in another folder.
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const KEEPER = join(import.meta.dirname, "keeper.ts");
const START_LIMIT_MS = 30_000;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it runs. Taken away when we end without stopping it. */
  readonly folder: string;
  /** Whom it runs as, when that is somebody else. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** What ends it at once, with all processes of its own. */
  readonly stopSignal: NodeJS.Signals;
}

export interface KeptProcess {
  /** Ends it, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts a program that does not outlive us, even when we crash or are killed.
 *
 * @param ready what it prints once it is ready.
 * @throws {Error} with the end of its output, when it ends before, or is not ready within 30 s.
 */
export async function startKept(program: Program, ready: RegExp): Promise<KeptProcess> {
  const keeper = fork(KEEPER, [JSON.stringify(program)], {
    execArgv: ["--import", TSX],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A group of its own: ctrl-C is for us, and we end it when we are done.
    detached: true,
  });
  const ended = once(keeper, "exit");
  const stop = async () => {
    if (keeper.connected) keeper.send("stop");
    await ended;
  };
  try {
    await isReady(keeper, ready, program.command);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function isReady(keeper: ChildProcess, ready: RegExp, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`${command} ${what}: ${output.slice(-1_000)}`));
    };
    const timer = setTimeout(() => fail("is not ready in time"), START_LIMIT_MS);
    keeper.once("exit", () => fail("ended at once"));
    for (const stream of [keeper.stdout, keeper.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4_000);
        if (!ready.test(output)) return;
        clearTimeout(timer);
        resolve();
      });
  });
}
