import type { Channel, ChannelOwner } from "./channel.ts";
import type { Dialect } from "./dialect.ts";
import { EchoChannel } from "./echo-channel.ts";
import type { Lap, Load } from "./load.ts";
import { LoadFailure } from "./load-failure.ts";
import { MessageRing } from "./message-ring.ts";
import { openConnections, readBufferFor } from "./open-connections.ts";
import type { PayloadMaker } from "./payload.ts";
import { Settlement } from "./settlement.ts";

export interface EchoShape {
  readonly connections: number;
  /** Messages that a connection has under way at any time. */
  readonly inFlight: number;
  readonly payloadBytes: number;
  readonly makePayload: PayloadMaker;
}

const DRAIN_TIMEOUT_MS = 5_000;
const LEAST_RING_LENGTH = 4;
/** At least what a dialect adds to a payload. */
const FRAMING_BYTES = 32;

/** Many channels that keep messages in flight and check each answer; counts them. */
export class EchoLoad implements Load, ChannelOwner {
  readonly #channels: Channel[] = [];
  readonly #inFlightPerChannel: number;
  readonly #drainTimeoutMs: number;
  readonly #settlement = new Settlement();
  #sending = false;
  #awaited = 0;
  #answered = 0;

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
    { connections, inFlight, payloadBytes, makePayload }: EchoShape,
    drainTimeoutMs = DRAIN_TIMEOUT_MS,
  ): Promise<EchoLoad> {
    const ringLength = Math.max(LEAST_RING_LENGTH, 2 * inFlight);
    const readBytes = readBufferFor(inFlight * (payloadBytes + FRAMING_BYTES));
    const openChannels = (owner: ChannelOwner, add: (channel: Channel) => void) =>
      openConnections({ port, dialect, count: connections, readBytes }, (connection, index) => {
        const ring = new MessageRing(dialect, makePayload, index, ringLength, payloadBytes);
        add(new EchoChannel(connection, ring, dialect.heartbeat, owner));
      });
    return EchoLoad.over(openChannels, inFlight, drainTimeoutMs);
  }

  /**
   * Puts the load on other channels. Rejects, with none left open, when `openChannels` does.
   *
   * @param openChannels hands on each channel as soon as it is open.
   */
  static async over(
    openChannels: (owner: ChannelOwner, add: (channel: Channel) => void) => Promise<void>,
    inFlight: number,
    drainTimeoutMs = DRAIN_TIMEOUT_MS,
  ): Promise<EchoLoad> {
    const load = new EchoLoad(inFlight, drainTimeoutMs);
    try {
      await openChannels(load, (channel) => load.#channels.push(channel));
      return load;
    } catch (cause) {
      load.close();
      throw cause;
    }
  }

  async run(durationMs: number): Promise<Lap> {
    const answeredBefore = this.#answered;
    const startMs = performance.now();
    this.#sending = true;
    await this.#settlement.wait(() => {
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
      operations: this.#answered - answeredBefore,
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
    if (this.#awaited === 0) this.#settlement.done();
    return false;
  }

  onFailure(cause: Error): void {
    this.#sending = false;
    this.#settlement.fail(cause);
  }

  #missing(): LoadFailure {
    return new LoadFailure(
      `${this.#awaited} answers missing ${this.#drainTimeoutMs} ms after the last message`,
    );
  }
}
