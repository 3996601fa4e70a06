import { callUser, type Report } from "./call-user.ts";

// biome-ignore lint/suspicious/noExplicitAny: as in the reference; the arguments of any event.
export type AnyListener = (...args: any[]) => void;

/** Listeners that hear every event, whatever its name, in their order. */
export class AnyListeners {
  #listeners: readonly AnyListener[] = [];

  append(listener: AnyListener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  prepend(listener: AnyListener): void {
    this.#listeners = [listener, ...this.#listeners];
  }

  /** Removes `listener`, once, or all of them. */
  remove(listener?: AnyListener): void {
    const index = listener === undefined ? -1 : this.#listeners.indexOf(listener);
    if (listener === undefined) this.#listeners = [];
    else if (index !== -1) this.#listeners = this.#listeners.toSpliced(index, 1);
  }

  list(): AnyListener[] {
    return [...this.#listeners];
  }

  notify(event: readonly unknown[], report: Report): void {
    for (const listener of this.#listeners) callUser(() => listener(...event), report);
  }
}
