/** For a tick of its own. */
export function rethrow(error: unknown): void {
  throw error;
}

/**
 * Calls code of the application's. What it throws is thrown again with nothing of ours on the stack, as an uncaught
 * exception is: the process hears of it, and the packets that stand behind in the same read are not lost.
 *
 * @returns what `callback` returns; `false` when it threw.
 */
export function callUser(callback: () => boolean | void): boolean {
  try {
    return callback() === true;
  } catch (error) {
    process.nextTick(rethrow, error);
    return false;
  }
}
