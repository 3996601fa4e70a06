/** What one run of a load came to. */
export interface Lap {
  /** Messages, deliveries or connections: each one asked for and rightly answered. */
  readonly operations: number;
  readonly seconds: number;
}

/** A load that can be put on a server again and again. */
export interface Load {
  /**
   * Loads the server for `durationMs`, then waits until it has done all of the work and nothing is left to do.
   *
   * @throws {LoadFailure} when an answer is wrong or missing, or a connection is lost.
   */
  run(durationMs: number): Promise<Lap>;
  close(): void;
}
