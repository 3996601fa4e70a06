/**
 * Throws what a listener threw in a tick of its own: it is uncaught, as from any event, where it would have become the rejection of
 * a promise that nobody knows of.
 */
export function surface(error: unknown): void {
  process.nextTick(rethrow, error);
}

function rethrow(error: unknown): void {
  throw error;
}
