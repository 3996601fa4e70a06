import type { Clock, TimerHandle } from "@towline/core";
import { setBackgroundTimeout } from "./background-timeout.ts";
import type { ServerId } from "./cluster-message.ts";

/** The other servers of a cluster: each is there as long as it gives signs of life. */
export class Nodes {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onGone: ((server: ServerId) => void)[] = [];
  /** When each was heard last, the longest silent first. */
  readonly #heardMs = new Map<ServerId, number>();
  #timer: TimerHandle;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#heardMs.size;
  }

  get ids(): ReadonlySet<ServerId> {
    return new Set(this.#heardMs.keys());
  }

  /** @param listener told of each server that has left, or is silent for too long. */
  onGone(listener: (server: ServerId) => void): void {
    this.#onGone.push(listener);
  }

  /** A sign of life. */
  onHeard(server: ServerId): void {
    this.#heardMs.delete(server);
    this.#heardMs.set(server, this.#clock.now());
    this.#arm();
  }

  remove(server: ServerId): void {
    if (this.#heardMs.delete(server)) for (const listener of this.#onGone) listener(server);
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#heardMs.clear();
  }

  /** Sets the one timer for the first that may be gone, unless it runs. */
  #arm(): void {
    const [firstMs] = this.#heardMs.values();
    if (firstMs === undefined || this.#timer !== undefined) return;
    const delayMs = Math.max(1, firstMs + this.#timeoutMs - this.#clock.now());
    this.#timer = setBackgroundTimeout(this.#clock, () => this.#expire(), delayMs);
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    for (const [server, heardMs] of this.#heardMs) {
      if (heardMs + this.#timeoutMs > nowMs) break;
      this.remove(server);
    }
    this.#arm();
  }
}
