/** Half a minute after a session has ended by a fault, a timer of the reference's is still running. */

const LONG_MS = 5_000;

/**
 * From now on, a timer that is far from its end does not keep the process alive.
 *
 * @returns a function that puts things back as they were.
 */
export function letNoLongTimerHold(): () => void {
  const original = globalThis.setTimeout;
  const letGo: typeof original = Object.assign(
    (...[callback, delayMs, ...rest]: Parameters<typeof original>) => {
      const timer = original(callback, delayMs, ...rest);
      return delayMs !== undefined && delayMs > LONG_MS ? timer.unref() : timer;
    },
    original,
  );
  globalThis.setTimeout = letGo;
  return () => {
    globalThis.setTimeout = original;
  };
}
