/** Gets what code of the application's has thrown, or what its promise was rejected with. */
export type Report = (error: unknown, isRejection: boolean) => void;

/**
 * Calls code of the application's. Neither what it throws nor a promise of its that is rejected comes back here: the
 * packets that stand behind in the same read are not lost.
 *
 * @returns what `callback` returned; `undefined` when it threw.
 */
export function callUser<T>(callback: () => T, report: Report): T | undefined {
  try {
    const result = callback();
    watch(result, report);
    return result;
  } catch (error) {
    report(error, false);
    return undefined;
  }
}

/** Has `report` hear of what comes of an order that nobody waits for. */
export function watch(result: unknown, report: Report): void {
  if (isThenable(result)) result.then(undefined, (error: unknown) => report(error, true));
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

function rethrow(error: unknown): void {
  throw error;
}

/**
 * Nobody has asked for the error, so the process hears of it with nothing of ours on the stack, as of any other: as an
 * uncaught exception or an unhandled rejection.
 */
export const passOn: Report = (error, isRejection) => {
  if (isRejection) void Promise.reject(error);
  else process.nextTick(rethrow, error);
};
