import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/**
 * Keeps a process, all of its threads, on one core, so that server and load do not push one another from core to core:
 * that costs both time, and not always the same.
 *
 * @returns whether it could: with two cores or more, where there is `taskset` (Linux).
 */
export function pinToCore(pid: number, core: number): boolean {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync("taskset", ["-acp", String(core), String(pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
