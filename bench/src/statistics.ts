/** The middle of several rounds, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} when there is no value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  const min = sorted[0];
  const max = sorted.at(-1);
  if (upper === undefined || lower === undefined || min === undefined || max === undefined)
    throw new RangeError("There are no values to take the median of");
  return { median: (lower + upper) / 2, min, max };
}

/** Each value over its counterpart of the same round; rounds that only one side has are left out. */
export function ratiosByRound(values: readonly number[], reference: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const base = reference[round];
    return base === undefined ? [] : [value / base];
  });
}
