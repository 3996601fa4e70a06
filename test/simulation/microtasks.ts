const waiting: (() => void)[] = [];

/**
 * Runs `body` with `queueMicrotask` in our hands: what is queued runs when `body` calls `drain`, so that a whole run is
 * synchronous and takes the same course each time.
 */
export function withMicrotasks<T>(body: (drain: () => void) => T): T {
  const original = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (task) => void waiting.push(task);
  try {
    return body(drain);
  } finally {
    waiting.length = 0;
    globalThis.queueMicrotask = original;
  }
}

function drain(): void {
  for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) task();
}
