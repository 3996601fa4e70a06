/**
 * Hands every item over, in order, also when a listener throws: its error goes on its way once the rest was delivered.
 */
export function deliver<T>(items: readonly T[], handOver: (item: T) => void, from = 0): void {
  let index = from;
  try {
    while (index < items.length) handOver(items[index++] as T);
  } finally {
    if (index < items.length) deliver(items, handOver, index);
  }
}

/** Takes every step, in order, also when a listener called by one of them throws. */
export const inTurn = (...steps: readonly (() => void)[]): void => deliver(steps, (step) => step());
