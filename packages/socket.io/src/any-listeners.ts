import { callUser } from "./call-user.ts";
import type { Event } from "./socket.ts";

type AnyListener = (...event: Event) => void;

/** Listeners that hear every event, whatever its name, in their order. */
export class AnyListeners {
  #listeners: readonly AnyListener[] = [];

  append(listener: AnyListener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  prepend(listener: AnyListener): void {
    this.#listeners = [listener, ...this.#listeners];
  }

  /** Removes `listener`, or all of them. */
  remove(listener?: AnyListener): void {
    this.#listeners = listener === undefined ? [] : this.#listeners.filter((one) => one !== listener);
  }

  list(): AnyListener[] {
    return [...this.#listeners];
  }

  notify(event: readonly unknown[]): void {
    for (const listener of this.#listeners) callUser(() => listener(...(event as Event)));
  }
}
