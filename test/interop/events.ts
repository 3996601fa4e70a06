/** Waiting for events without missing one and without sleeping. */
import type { Emitter, Listener } from "./peers.ts";

/** Resolves with the arguments of the next `event`. */
export function next(emitter: Pick<Emitter, "once">, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    emitter.once(event, (...args) => resolve(args));
  });
}

/** Emits and resolves with the arguments of the acknowledgement. */
export function request(emitter: Emitter, event: string, ...args: unknown[]): Promise<unknown[]> {
  return new Promise((resolve) => {
    emitter.emit(event, ...args, (...answer: unknown[]) => resolve(answer));
  });
}

/** Answers every `event` with what `answer` gives for its arguments. */
export function respond(
  emitter: Emitter,
  event: string,
  answer: (...args: unknown[]) => readonly unknown[],
): void {
  emitter.on(event, (...args) => {
    const acknowledge = args.at(-1) as Listener;
    acknowledge(...answer(...args.slice(0, -1)));
  });
}

/** Keeps every `event` from the moment it is made, so that an early one is not missed. */
export class Inbox {
  readonly #received: unknown[][] = [];
  #wanted: { readonly count: number; readonly resolve: (all: unknown[][]) => void } | undefined;

  constructor(emitter: Emitter, event: string) {
    emitter.on(event, (...args) => {
      this.#received.push(args);
      this.#settle();
    });
  }

  /** Resolves, as soon as `count` events are there, with the arguments of all that came so far. */
  holding(count: number): Promise<unknown[][]> {
    return new Promise((resolve) => {
      this.#wanted = { count, resolve };
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#wanted === undefined || this.#received.length < this.#wanted.count) return;
    const { resolve } = this.#wanted;
    this.#wanted = undefined;
    resolve([...this.#received]);
  }
}
