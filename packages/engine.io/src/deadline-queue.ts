import type { Clock, TimerHandle } from "@towline/core";

/** Something with a deadline. The links belong to the queue it waits in. */
export interface DeadlineEntry {
  dueMs: number;
  waitsIn: DeadlineQueue | undefined;
  earlier: DeadlineEntry | undefined;
  later: DeadlineEntry | undefined;
  /** Called when its time has come; it is in no queue then. */
  onDeadline(from: DeadlineQueue): void;
}

/**
 * Entries that all wait equally long, so that the order of arrival is the order of deadlines: adding, moving and
 * removing cost the same whatever their number, and one timer serves them all.
 */
export class DeadlineQueue {
  readonly delayMs: number;
  readonly #clock: Clock;
  #first: DeadlineEntry | undefined;
  #last: DeadlineEntry | undefined;
  #timer: TimerHandle;

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.delayMs = delayMs;
  }

  /** Starts the wait of `entry` afresh, taking it from whichever queue it was in. */
  restart(entry: DeadlineEntry): void {
    entry.waitsIn?.remove(entry);
    // Whole, as a number with a fraction would be an object of its own.
    entry.dueMs = Math.ceil(this.#clock.now() + this.delayMs);
    entry.waitsIn = this;
    entry.earlier = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.later = entry;
    this.#last = entry;
    this.#arm();
  }

  /** Ends the wait of `entry`, which must be in this queue. */
  remove(entry: DeadlineEntry): void {
    const { earlier, later } = entry;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    entry.earlier = entry.later = entry.waitsIn = undefined;
    // A timer that finds nothing due sets itself anew; only an empty queue must not keep the process alive.
    if (this.#first === undefined && this.#timer !== undefined) {
      this.#clock.clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  /** Sets the timer for the first entry, unless it runs. */
  #arm(): void {
    if (this.#timer !== undefined || this.#first === undefined) return;
    const delayMs = Math.max(1, this.#first.dueMs - this.#clock.now());
    this.#timer = this.#clock.setTimeout(() => this.#expire(), delayMs);
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    // Each entry is out of the queue before it is told, so whatever it does to the queue is safe.
    try {
      for (let entry = this.#first; entry !== undefined && entry.dueMs <= nowMs; entry = this.#first) {
        this.remove(entry);
        entry.onDeadline(this);
      }
    } finally {
      // A listener that throws must not take the others' deadlines with it.
      this.#arm();
    }
  }
}
