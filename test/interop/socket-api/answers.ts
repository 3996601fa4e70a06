/** What an acknowledgement was given, or a promise rejected with. */

/** Resolves with all that the callback which `emit` hands over is called with. */
export const acked = (emit: (callback: (...args: unknown[]) => void) => unknown): Promise<unknown[]> =>
  new Promise((resolve) => emit((...args) => resolve(args)));

export const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => error);
