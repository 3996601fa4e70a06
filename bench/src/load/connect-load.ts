import type { Dialect } from "./dialect.ts";
import type { Lap, Load } from "./load.ts";
import { closeConnection, openConnection } from "./open-connections.ts";

/** Comes to the server on a connection of its own, or several, and leaves again. Rejects when that goes wrong. */
export type Visit = (port: number) => Promise<void>;

export interface ConnectShape {
  /** Visits that are going on at any time. */
  readonly connections: number;
  /** The first run goes on until there were so many, so that code which seldom runs is compiled in every server alike. */
  readonly warmupVisits?: number;
}

const READ_BYTES = 1024;

/** A connection that is opened, shakes hands and is closed again, as `dialect` has it. */
export const visitIn =
  (dialect: Dialect): Visit =>
  async (port) =>
    closeConnection(await openConnection(port, dialect, READ_BYTES), dialect);

/** Visits, some at a time, each of which is followed by the next. */
export class ConnectLoad implements Load {
  readonly #port: number;
  readonly #visit: Visit;
  readonly #connections: number;
  readonly #warmupVisits: number;
  #visits = 0;

  constructor(port: number, visit: Visit, { connections, warmupVisits = 0 }: ConnectShape) {
    this.#port = port;
    this.#visit = visit;
    this.#connections = connections;
    this.#warmupVisits = warmupVisits;
  }

  async run(durationMs: number): Promise<Lap> {
    const startMs = performance.now();
    const stop = new AbortController();
    const lanes = Array.from({ length: this.#connections }, () => this.#lane(startMs + durationMs, stop));
    const ends = await Promise.allSettled(lanes);
    let operations = 0;
    for (const end of ends) {
      if (end.status === "rejected") throw end.reason;
      operations += end.value;
    }
    return { operations, seconds: (performance.now() - startMs) / 1000 };
  }

  /** Nothing stays open between runs. */
  close(): void {}

  /** One visit after another, until `endMs`; a failure stops the other lanes, too. Gives their number. */
  async #lane(endMs: number, stop: AbortController): Promise<number> {
    let operations = 0;
    try {
      do {
        await this.#visit(this.#port);
        this.#visits++;
        operations++;
      } while (!stop.signal.aborted && (performance.now() < endMs || this.#visits < this.#warmupVisits));
    } catch (cause) {
      stop.abort();
      throw cause;
    }
    return operations;
  }
}
