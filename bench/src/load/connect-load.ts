import type { Dialect } from "./dialect.ts";
import type { Lap, Load } from "./load.ts";
import { closeConnection, openConnection } from "./open-connections.ts";

export interface ConnectShape {
  /** Connections that are there at any time. */
  readonly connections: number;
}

const READ_BYTES = 1024;

/** Connections that are opened, shake hands, are closed again as the protocol has it, and followed by the next. */
export class ConnectLoad implements Load {
  readonly #port: number;
  readonly #dialect: Dialect;
  readonly #connections: number;

  constructor(port: number, dialect: Dialect, { connections }: ConnectShape) {
    this.#port = port;
    this.#dialect = dialect;
    this.#connections = connections;
  }

  async run(durationMs: number): Promise<Lap> {
    const startMs = performance.now();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), durationMs);
    const lanes = Array.from({ length: this.#connections }, () => this.#lane(stop));
    const ends = await Promise.allSettled(lanes);
    clearTimeout(timer);
    let operations = 0;
    for (const end of ends) {
      if (end.status === "rejected") throw end.reason;
      operations += end.value;
    }
    return { operations, seconds: (performance.now() - startMs) / 1000 };
  }

  /** Nothing stays open between runs. */
  close(): void {}

  /** One connection after another, until `stop`; a failure stops the other lanes, too. Gives their number. */
  async #lane(stop: AbortController): Promise<number> {
    let operations = 0;
    try {
      do {
        const connection = await openConnection(this.#port, this.#dialect, READ_BYTES);
        await closeConnection(connection, this.#dialect);
        operations++;
      } while (!stop.signal.aborted);
    } catch (cause) {
      stop.abort();
      throw cause;
    }
    return operations;
  }
}
