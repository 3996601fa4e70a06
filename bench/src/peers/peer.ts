import type { Dialect } from "../load/dialect.ts";

/** A server to measure. */
export interface Peer {
  readonly name: string;
  /** The npm package whose version the results name; absent for Node itself. */
  readonly package?: string;
  /** What the load generator speaks to it. */
  readonly dialect: Dialect;
  /**
   * Starts the server and gives its port. Runs in a process of its own; imports the library inside, so that the
   * process that makes the load never loads it.
   */
  serve(): Promise<number>;
}
