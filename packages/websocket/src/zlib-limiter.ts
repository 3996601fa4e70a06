import type { DeflateSettings } from "./deflate-options.ts";

/**
 * Lets only so many calls into zlib run at a time: each has a thread of the pool, and memory, to itself. A connection
 * has one under way in each direction at most, so the number of those that wait is bounded by the connections.
 */
export class ZlibLimiter {
  readonly #limit: number;
  #running = 0;
  readonly #waiting = new Set<ZlibTurn>();
  /** Goes over those who wait, from one to the next: a new one would look at all that are gone as well. */
  #turns: IterableIterator<ZlibTurn> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Calls `turn.run()`, now or when there is room. */
  enter(turn: ZlibTurn): void {
    if (this.#running === this.#limit) this.#waiting.add(turn);
    else this.#start(turn);
  }

  /** To be called once by everyone who has entered, run or not. */
  leave(turn: ZlibTurn): void {
    if (this.#waiting.delete(turn)) return;
    this.#running--;
    this.#turns ??= this.#waiting.values();
    const { value: next, done } = this.#turns.next();
    if (done === true) this.#turns = undefined;
    else {
      this.#waiting.delete(next);
      this.#start(next);
    }
  }

  #start(turn: ZlibTurn): void {
    this.#running++;
    turn.run();
  }
}

export interface ZlibTurn {
  run(): void;
}

const limiters = new WeakMap<DeflateSettings, ZlibLimiter>();

/** The limiter of all connections that share `settings`. */
export function limiterOf(settings: DeflateSettings): ZlibLimiter {
  let limiter = limiters.get(settings);
  if (limiter === undefined) {
    limiter = new ZlibLimiter(settings.concurrencyLimit);
    limiters.set(settings, limiter);
  }
  return limiter;
}
