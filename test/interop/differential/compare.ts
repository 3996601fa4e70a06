/** What two transcripts do not share. */

export interface Unshared {
  readonly reference: readonly string[];
  readonly ours: readonly string[];
}

/** The lines that only one of the two has, in their order; what they share is a longest common subsequence. */
export function unshared(reference: readonly string[], ours: readonly string[]): Unshared {
  const only = { reference: [] as string[], ours: [] as string[] };
  const common = commonLengths(reference, ours);
  const lengthFrom = (i: number, j: number) => common[i]?.[j] ?? 0;
  let [i, j] = [0, 0];
  while (i < reference.length || j < ours.length) {
    const [a, b] = [reference[i], ours[j]];
    if (a !== undefined && a === b) {
      i++;
      j++;
    } else if (b === undefined || (a !== undefined && lengthFrom(i + 1, j) >= lengthFrom(i, j + 1))) {
      only.reference.push(a as string);
      i++;
    } else {
      only.ours.push(b);
      j++;
    }
  }
  return only;
}

/** For each pair of positions, how many lines from there on can be shared. */
function commonLengths(one: readonly string[], other: readonly string[]): number[][] {
  const table = Array.from({ length: one.length + 1 }, () => new Array<number>(other.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--) {
      const [row, below] = [table[i] as number[], table[i + 1] as number[]];
      row[j] = one[i] === other[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  return table;
}
