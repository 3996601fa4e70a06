/** How long to wait between attempts to connect. */
export interface BackoffPolicy {
  /** Before the first attempt, in milliseconds. Doubled with each further one. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** From 0 to 1: how far a delay may stray from that, as a part of it. */
  readonly jitter: number;
}

/**
 * The delay before attempt `attempt`, counted from 0. Delays of many clients spread evenly over the window that the
 * jitter gives, at the upper bound too, so that they do not come back all at once.
 *
 * @param random a number from 0 to 1.
 */
export function backoffDelay(attempt: number, policy: BackoffPolicy, random: number): number {
  const { delayMs, maxDelayMs, jitter } = policy;
  const centreMs = Math.min(delayMs * 2 ** attempt, maxDelayMs);
  const leastMs = centreMs * (1 - jitter);
  const mostMs = Math.min(centreMs * (1 + jitter), maxDelayMs);
  return Math.round(leastMs + random * (mostMs - leastMs));
}
