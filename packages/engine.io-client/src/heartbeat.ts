import type { Clock, TimerHandle } from "@towline/core";

export interface HeartbeatSink {
  /** Revision 3: time to ping the server. */
  onPingDue(): void;
  /** The server has not been heard of for too long. */
  onExpired(): void;
}

/**
 * Watches over a session's life. In revision 4 the server pings, and each ping must come within
 * `pingInterval + pingTimeout` of the one before; in revision 3 the client pings every `pingInterval` and must hear
 * something within `pingTimeout`.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #sink: HeartbeatSink;
  #revision: 3 | 4 = 4;
  #intervalMs = 0;
  #timeoutMs = 0;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #awaitsSign = false;
  #timer: TimerHandle;

  constructor(clock: Clock, sink: HeartbeatSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  /** True when the deadline has gone by, though the timer may not have fired: the computer slept, the tab was throttled. */
  get overdue(): boolean {
    return this.#clock.now() > this.#deadlineMs;
  }

  start(revision: 3 | 4, intervalMs: number, timeoutMs: number): void {
    this.#revision = revision;
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#rest();
  }

  /** A packet came: a ping of the server in revision 4, anything in revision 3. */
  onSign(): void {
    if (this.#deadlineMs === Number.POSITIVE_INFINITY) return;
    // Revision 3 servers count our pings, so what they send between two of them must not put the next one off.
    if (this.#revision === 4 || this.#awaitsSign) this.#rest();
    else this.#extend();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  #rest(): void {
    this.#awaitsSign = false;
    this.#extend();
    if (this.#revision === 4) this.#arm(this.#intervalMs + this.#timeoutMs, () => this.#sink.onExpired());
    else this.#arm(this.#intervalMs, () => this.#ping());
  }

  #extend(): void {
    this.#deadlineMs = this.#clock.now() + this.#intervalMs + this.#timeoutMs;
  }

  #ping(): void {
    this.#awaitsSign = true;
    this.#arm(this.#timeoutMs, () => this.#sink.onExpired());
    this.#sink.onPingDue();
  }

  #arm(delayMs: number, callback: () => void): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(callback, delayMs);
  }
}
