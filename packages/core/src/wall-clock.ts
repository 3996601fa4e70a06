import { type Clock, systemClock } from "./clock.ts";

/**
 * The clock that a session watches its server by: the wall's, for it goes on while the computer sleeps. A timer alone
 * would not.
 */
const wallClock: Clock = { ...systemClock, now: () => Date.now() };

/** The same, with timers that do not keep a Node process alive. */
const unreferencedClock: Clock = {
  ...wallClock,
  setTimeout(callback, delayMs) {
    const timer = wallClock.setTimeout(callback, delayMs) as { unref?(): void };
    timer.unref?.();
    return timer;
  },
};

export const clockFor = ({ autoUnref = false }: { readonly autoUnref?: boolean | undefined }): Clock =>
  autoUnref ? unreferencedClock : wallClock;
