/**
 * Hands every item over, in order, also when a listener throws: the first error goes on its way once the rest was
 * delivered.
 */
export function deliver<T>(items: readonly T[], handOver: (item: T) => void): void {
  let fault: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      handOver(item);
    } catch (error) {
      fault ??= { error };
    }
  }
  if (fault !== undefined) throw fault.error;
}

/** Takes every step, in order, also when a listener called by one of them throws. */
export const inTurn = (...steps: readonly (() => void)[]): void => deliver(steps, (step) => step());
