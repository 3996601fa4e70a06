import type { Clock, TimerHandle } from "@towline/core";

/** Who waits for an acknowledgement. */
export interface Ack {
  onReply(args: readonly unknown[]): void;
  /** Absent for one who asked for no timeout and no promise: then a lost connection is not told. */
  readonly onError?: ((error: Error) => void) | undefined;
}

interface Entry extends Ack {
  readonly timer: TimerHandle;
}

/** The acknowledgements that one Socket waits for, by their ids. */
export class AckTable {
  readonly #clock: Clock;
  readonly #entries = new Map<number, Entry>();
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the id to send along. */
  add(ack: Ack, timeoutMs: number | undefined, onTimeout: (id: number) => void): number {
    const id = this.#next++;
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.#clock.setTimeout(() => {
            onTimeout(id);
            this.#take(id)?.onError?.(new Error("operation has timed out"));
          }, timeoutMs);
    this.#entries.set(id, { onReply: ack.onReply, onError: ack.onError, timer });
    return id;
  }

  /** Without effect for an id that nobody waits for, or not any more. */
  settle(id: number, args: readonly unknown[]): void {
    this.#take(id)?.onReply(args);
  }

  /** The connection is gone: nobody will answer what was sent, so only what `isStillToSend` may wait on. */
  takeLost(isStillToSend: (id: number) => boolean): Ack[] {
    const ids = [...this.#entries.keys()].filter((id) => !isStillToSend(id));
    return ids.flatMap((id) => this.#take(id) ?? []);
  }

  #take(id: number): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    this.#clock.clearTimeout(entry.timer);
    return entry;
  }
}
