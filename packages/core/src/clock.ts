/** Opaque handle of a running timer, good only for `clearTimeout` of the clock that gave it. */
export type TimerHandle = unknown;

/**
 * Time, as machines see it. The system's clock in production; a test hands in one that it winds by hand.
 * All times are in milliseconds; `now` is monotonic and has no fixed origin.
 */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};
