import { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { type ChannelOwner, EchoChannel } from "./echo-channel.ts";
import { LoadFailure } from "./load-failure.ts";
import { MessageRing } from "./message-ring.ts";

export interface EchoShape {
  readonly connections: number;
  /** Messages that a connection has under way at any time. */
  readonly inFlight: number;
  readonly payloadBytes: number;
}

/** What one run of the load came to. */
export interface Lap {
  /** Messages sent and rightly answered. */
  readonly messages: number;
  readonly seconds: number;
}

const OPENING_TIMEOUT_MS = 10_000;
/** Connections that are opened at a time, to stay below the server's listen backlog. */
const OPENING_BATCH = 100;
const READ_BUFFER_BYTES = { least: 4 * 1024, most: 64 * 1024 };

async function openConnection(port: number, dialect: Dialect, readBytes: number): Promise<Connection> {
  const connection = new Connection(port, readBytes);
  const timer = setTimeout(() => {
    connection.close(new LoadFailure(`no handshake within ${OPENING_TIMEOUT_MS} ms`));
  }, OPENING_TIMEOUT_MS);
  try {
    await dialect.open(connection);
    return connection;
  } catch (cause) {
    connection.close();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

/** Many connections that keep messages in flight, count the answers and check each one. */
export class EchoLoad implements ChannelOwner {
  readonly #channels: EchoChannel[] = [];
  readonly #inFlightPerChannel: number;
  readonly #drainTimeoutMs: number;
  #sending = false;
  #awaited = 0;
  #answered = 0;
  #failure: Error | undefined;
  #settle: () => void = () => {};

  private constructor(inFlight: number, drainTimeoutMs: number) {
    this.#inFlightPerChannel = inFlight;
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  /**
   * Opens every connection. Rejects, with none left open, when one of them is refused.
   *
   * @param drainTimeoutMs how long to wait for answers after the last message.
   */
  static async open(
    port: number,
    dialect: Dialect,
    shape: EchoShape,
    drainTimeoutMs = 5_000,
  ): Promise<EchoLoad> {
    const load = new EchoLoad(shape.inFlight, drainTimeoutMs);
    try {
      for (let first = 0; first < shape.connections; first += OPENING_BATCH)
        await load.#openBatch(port, dialect, shape, first);
      return load;
    } catch (cause) {
      load.close();
      throw cause;
    }
  }

  /**
   * Sends for `durationMs`, then waits until every message is answered, so that the server has done all of the work
   * and nothing else when this resolves.
   *
   * @throws {LoadFailure} when an answer is wrong or missing, or a connection is lost.
   */
  async run(durationMs: number): Promise<Lap> {
    const answeredBefore = this.#answered;
    const startMs = performance.now();
    this.#sending = true;
    await this.#settled(() => {
      const stop = setTimeout(() => {
        this.#sending = false;
      }, durationMs);
      const giveUp = setTimeout(() => this.onFailure(this.#missing()), durationMs + this.#drainTimeoutMs);
      for (const channel of this.#channels) {
        this.#awaited += this.#inFlightPerChannel;
        channel.send(this.#inFlightPerChannel);
      }
      return [stop, giveUp];
    });
    return {
      messages: this.#answered - answeredBefore,
      seconds: (performance.now() - startMs) / 1000,
    };
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  onAnswers(count: number): boolean {
    this.#answered += count;
    if (this.#sending) return true;
    this.#awaited -= count;
    if (this.#awaited === 0) this.#settle();
    return false;
  }

  onFailure(cause: Error): void {
    this.#failure ??= cause;
    this.#sending = false;
    this.#settle();
  }

  async #openBatch(port: number, dialect: Dialect, shape: EchoShape, first: number): Promise<void> {
    const count = Math.min(OPENING_BATCH, shape.connections - first);
    const { least, most } = READ_BUFFER_BYTES;
    const opened = await Promise.allSettled(
      Array.from({ length: count }, async (_, index) => {
        const ring = new MessageRing(
          dialect,
          first + index,
          Math.max(4, 2 * shape.inFlight),
          shape.payloadBytes,
        );
        const readBytes = Math.min(most, Math.max(least, 2 * shape.inFlight * ring.answerSize));
        const connection = await openConnection(port, dialect, readBytes);
        this.#channels.push(new EchoChannel(connection, ring, dialect.heartbeat, this));
      }),
    );
    for (const outcome of opened) if (outcome.status === "rejected") throw outcome.reason;
  }

  async #settled(start: () => readonly NodeJS.Timeout[]): Promise<void> {
    let timers: readonly NodeJS.Timeout[] = [];
    try {
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        if (this.#failure === undefined) timers = start();
        else resolve();
      });
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #missing(): LoadFailure {
    return new LoadFailure(
      `${this.#awaited} answers missing ${this.#drainTimeoutMs} ms after the last message`,
    );
  }
}
