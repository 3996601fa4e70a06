import type { Entry } from "./protocol.ts";

export interface HistoryLimits {
  readonly entries: number;
  /** What all pictures of the room may take together. */
  readonly pictureBytes: number;
}

/**
 * The last entries of a room, for those who come later. Bounded twice: the oldest entry goes when there are too many,
 * the oldest picture when pictures take too much room. Text outlives pictures.
 */
export class History {
  readonly #limits: HistoryLimits;
  readonly #entries: Entry[] = [];
  #pictureBytes = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#pictureBytes += weightOf(entry);
    while (this.#entries.length > this.#limits.entries) this.#remove(0);
    while (this.#pictureBytes > this.#limits.pictureBytes)
      this.#remove(this.#entries.findIndex(({ kind }) => kind === "picture"));
  }

  /** What `userId` already sent under `key`. */
  find(userId: string, key: string): Entry | undefined {
    return this.#entries.findLast((entry) => entry.key === key && entry.from.id === userId);
  }

  /** Entries later than the one with the id `after`, or all of them when it is unknown or gone. */
  since(after: string | undefined): { readonly resumed: boolean; readonly entries: readonly Entry[] } {
    const known = after === undefined ? -1 : this.#entries.findIndex(({ id }) => id === after);
    return { resumed: known >= 0, entries: this.#entries.slice(known + 1) };
  }

  #remove(index: number): void {
    const [removed] = this.#entries.splice(index, 1);
    if (removed !== undefined) this.#pictureBytes -= weightOf(removed);
  }
}

const weightOf = (entry: Entry): number => (entry.kind === "picture" ? entry.bytes.byteLength : 0);
