import type { Scheduler } from "./scheduler.ts";

/** A promise that is settled by the simulated time, and calls back in it: a real one waits for the run's end. */
export class LatePromise<T> extends Promise<T> {
  readonly #scheduler: Scheduler;
  readonly #delayMs: number;
  readonly #value: T;

  constructor(scheduler: Scheduler, delayMs: number, value: T) {
    super(() => {});
    this.#scheduler = scheduler;
    this.#delayMs = delayMs;
    this.#value = value;
  }

  // biome-ignore lint/suspicious/noThenProperty: that is what a promise is.
  override then<R, E>(onValue?: ((value: T) => R | PromiseLike<R>) | null): Promise<R | E> {
    this.#scheduler.after(this.#delayMs, () => onValue?.(this.#value));
    return this as unknown as Promise<R | E>;
  }
}
