import type { Clock, TimerHandle } from "@towline/core";

/** A timer that does not keep the process alive. */
export function setBackgroundTimeout(clock: Clock, callback: () => void, delayMs: number): TimerHandle {
  const handle = clock.setTimeout(callback, delayMs);
  (handle as Partial<NodeJS.Timeout>).unref?.();
  return handle;
}
