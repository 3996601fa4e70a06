import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are held once the garbage is gone: objects, and buffers outside the heap. */
export async function heldBytes(): Promise<number> {
  // Buffers are freed a turn after the objects that stood for them.
  for (let round = 0; round < 2; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** By how much `action` has made the memory grow that is held; what it resolves to counts. */
export async function growthOf<T>(action: () => Promise<T>): Promise<{ bytes: number; result: T }> {
  const before = await heldBytes();
  const result = await action();
  return { bytes: (await heldBytes()) - before, result };
}

/** Milliseconds of CPU, all threads of this process together, that `action` takes. */
export async function cpuMsOf(action: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
