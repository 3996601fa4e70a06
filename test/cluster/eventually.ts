import { setTimeout as pause } from "node:timers/promises";

const LIMIT_MS = 8_000;
const BETWEEN_MS = 25;

/** Asks again and again until it holds, for what another process does in its own time and tells nobody. */
export async function eventually(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`in vain waited until ${what}`);
    await pause(BETWEEN_MS);
  }
}
