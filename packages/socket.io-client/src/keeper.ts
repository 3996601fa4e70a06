import { type Clock, type EventOf, nextState, type StateOf, type TimerHandle } from "@towline/core";
import { type BackoffPolicy, backoffDelay } from "./backoff.ts";
import { MANAGER } from "./manager-states.ts";

export interface ReconnectionPolicy extends BackoffPolicy {
  readonly enabled: boolean;
  /** How often to try before giving up. May be `Infinity`. */
  readonly attempts: number;
  /** How long one attempt may take, in milliseconds; undefined for no bound but the engine's. */
  readonly timeoutMs: number | undefined;
}

/** What the keeper orders its Manager to do, and tells it. */
export interface KeeperSink {
  /** Opens a connection; answered by `opened`, `failed` or `close`. */
  connect(): void;
  /** The attempt took too long; answered by `failed`. */
  onTimeout(): void;
  /** Attempt `attempt`, counted from 1, is about to be made. */
  onAttempt(attempt: number): void;
}

/** Keeps a connection up: decides when to try, how long to wait, when to give up. */
export class Keeper {
  readonly #policy: () => ReconnectionPolicy;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #sink: KeeperSink;
  #state: StateOf<typeof MANAGER> = MANAGER.initial;
  #attempts = 0;
  #timer: TimerHandle;

  /** @param policy asked whenever a decision is due, since users change it at run time. */
  constructor(policy: () => ReconnectionPolicy, clock: Clock, random: () => number, sink: KeeperSink) {
    this.#policy = policy;
    this.#clock = clock;
    this.#random = random;
    this.#sink = sink;
  }

  get state(): StateOf<typeof MANAGER> {
    return this.#state;
  }

  /** Opens, unless the connection is open or about to be. */
  open(): void {
    if (this.#fire("open")) this.#connect();
  }

  /** @returns how many attempts it took to get a lost connection back; 0 when it was not lost. */
  opened(): number {
    this.#fire("opened");
    const attempts = this.#attempts;
    this.#attempts = 0;
    return attempts;
  }

  /**
   * @param retries whether another attempt is to follow, if the policy allows one.
   * @returns true when this was the last attempt of many.
   */
  failed(retries: boolean): boolean {
    return this.#waitAfter("failed", retries);
  }

  /** @returns true when the policy allows no attempt. */
  lost(): boolean {
    return this.#waitAfter("lost", true);
  }

  close(): void {
    this.#fire("close");
    this.#attempts = 0;
  }

  #fire(event: EventOf<typeof MANAGER>): boolean {
    const next = nextState(MANAGER, this.#state, event);
    if (next === undefined) return false;
    this.#clock.clearTimeout(this.#timer);
    this.#state = next;
    return true;
  }

  #connect(): void {
    const { timeoutMs } = this.#policy();
    if (timeoutMs !== undefined)
      this.#timer = this.#clock.setTimeout(() => this.#sink.onTimeout(), timeoutMs);
    this.#sink.connect();
  }

  #waitAfter(event: "failed" | "lost", retries: boolean): boolean {
    const policy = this.#policy();
    const givesUp = policy.enabled && this.#attempts >= policy.attempts;
    if (!retries || !policy.enabled || givesUp) {
      this.close();
      return givesUp;
    }
    if (!this.#fire(event)) return false;
    const delayMs = backoffDelay(this.#attempts++, policy, this.#random());
    this.#timer = this.#clock.setTimeout(() => this.#retry(), delayMs);
    return false;
  }

  #retry(): void {
    // Reconnection may have been switched off while waiting.
    if (!this.#policy().enabled) {
      this.close();
      return;
    }
    if (!this.#fire("retry")) return;
    this.#sink.onAttempt(this.#attempts);
    // A listener may have closed the Manager.
    if (this.#state === "reopening") this.#connect();
  }
}
