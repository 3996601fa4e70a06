import type { Clock } from "@towline/core";
import { DeadlineQueue } from "./deadline-queue.ts";

/**
 * The heartbeats of all sessions of a server. In revision 4 the server pings, in revision 3 the client does.
 *
 * @see protocol-docs/engine.io.md#heartbeat
 */
export class Heartbeat {
  /** Sessions of revision 4 that are due a ping. */
  readonly pingDue: DeadlineQueue;
  /** Sessions of revision 4 that were pinged and have shown no sign of life since. */
  readonly pongDue: DeadlineQueue;
  /** Sessions of revision 3, waiting for any sign of life. */
  readonly silent: DeadlineQueue;

  constructor(clock: Clock, pingIntervalMs: number, pingTimeoutMs: number) {
    this.pingDue = new DeadlineQueue(clock, pingIntervalMs);
    this.pongDue = new DeadlineQueue(clock, pingTimeoutMs);
    this.silent = new DeadlineQueue(clock, pingIntervalMs + pingTimeoutMs);
  }
}
