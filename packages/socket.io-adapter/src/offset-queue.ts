import type { Clock, TimerHandle } from "@towline/core";
import { setBackgroundTimeout } from "./background-timeout.ts";
import type { Offset } from "./cluster-message.ts";

interface Waiting {
  readonly dueMs: number;
  offset: Offset | undefined;
  isSettled: boolean;
  readonly onOffset: (offset: Offset | undefined) => void;
}

/**
 * Broadcasts that wait for the cluster's log to tell them their offset. They go on in their order, each after a bounded
 * time at the latest: clients of this server get their packets though the log be out of reach.
 */
export class OffsetQueue {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #waiting = new Set<Waiting>();
  #timer: TimerHandle;

  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock;
    this.#waitMs = waitMs;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /**
   * @param published gives the offset, if there is one.
   * @param onOffset called when it has, has failed, or takes too long. Must not throw.
   */
  add(published: Promise<Offset | undefined>, onOffset: (offset: Offset | undefined) => void): void {
    const entry: Waiting = {
      dueMs: this.#clock.now() + this.#waitMs,
      offset: undefined,
      isSettled: false,
      onOffset,
    };
    this.#waiting.add(entry);
    published.then(
      (offset) => this.#settle(entry, offset),
      () => this.#settle(entry, undefined),
    );
    this.#arm();
  }

  /** Lets all go on as they are. */
  close(): void {
    for (const entry of this.#waiting) entry.isSettled = true;
    this.#flush();
  }

  #settle(entry: Waiting, offset: Offset | undefined): void {
    entry.offset = offset;
    entry.isSettled = true;
    this.#flush();
  }

  #flush(): void {
    const nowMs = this.#clock.now();
    for (const entry of this.#waiting) {
      if (!entry.isSettled && entry.dueMs > nowMs) break;
      this.#waiting.delete(entry);
      entry.onOffset(entry.offset);
    }
    this.#arm();
  }

  /** Keeps a timer for the first, as long as there is one. */
  #arm(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#clock.clearTimeout(this.#timer);
      this.#timer = undefined;
    } else
      this.#timer ??= setBackgroundTimeout(
        this.#clock,
        () => {
          this.#timer = undefined;
          this.#flush();
        },
        Math.max(1, first.dueMs - this.#clock.now()),
      );
  }
}
