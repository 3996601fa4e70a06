import type { Clock } from "@towline/core";

export interface RateLimitOptions {
  readonly clock: Clock;
  /** How much may come at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket: allows a burst, then a steady rate. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  #tokens: number;
  #filledAtMs: number;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAtMs = options.clock.now();
  }

  /** Takes `cost` tokens, or none and returns false when there are too few. */
  take(cost: number): boolean {
    const { clock, burst, perSecond } = this.#options;
    const nowMs = clock.now();
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}
