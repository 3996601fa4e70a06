import { BROADCASTS_PER_BURST, burstRequestBytes, burstTexts } from "../burst-texts.ts";
import { AnswerChannel } from "./answer-channel.ts";
import type { Dialect } from "./dialect.ts";
import type { Lap, Load } from "./load.ts";
import { LoadFailure } from "./load-failure.ts";
import type { AnswerRing } from "./message-ring.ts";
import { openConnections, readBufferFor } from "./open-connections.ts";
import { textPayload } from "./payload.ts";
import { Settlement } from "./settlement.ts";

export interface BurstShape {
  readonly connections: number;
  readonly payloadBytes: number;
  /** Broadcasts that one request asks for. Defaults to a whole burst. */
  readonly broadcasts?: number;
  /** Writes a text as the message that carries it. By default it is the message. */
  readonly wrap?: (text: string) => string;
}

/** Bursts that differ from each other, so that one which comes twice, or late, is seen to be wrong. */
const RING_BURSTS = 4;

const asItIs = (text: string): string => text;

/** The requests for bursts, and what every connection is to get for them. */
class BurstRing implements AnswerRing {
  readonly broadcasts: number;
  readonly length: number;
  readonly requests: readonly Buffer[];
  readonly answers: Buffer;
  readonly answerSize: number;

  constructor(
    dialect: Dialect,
    { payloadBytes, broadcasts = BROADCASTS_PER_BURST, wrap = asItIs }: BurstShape,
  ) {
    const exchange = (text: string) => dialect.exchange({ kind: "text", bytes: Buffer.from(wrap(text)) });
    const texts = Array.from({ length: RING_BURSTS }, (_, burst) =>
      textPayload(0, burst, burstRequestBytes(payloadBytes)).bytes.toString(),
    );
    this.broadcasts = broadcasts;
    this.length = RING_BURSTS * broadcasts;
    this.requests = texts.map((text) => exchange(text).request);
    const frames = texts.flatMap((text) =>
      burstTexts(text, broadcasts).map((broadcast) => exchange(broadcast).answer),
    );
    this.answers = Buffer.concat(frames);
    this.answerSize = this.answers.length / this.length;
  }
}

/**
 * Many connections, one of which asks the server for a burst of broadcasts to all of them. The next burst is asked for
 * when every connection has got all of the last one, and each byte was right.
 */
export class BurstLoad implements Load {
  readonly #channels: AnswerChannel[] = [];
  readonly #ring: BurstRing;
  readonly #timeoutMs: number;
  readonly #settlement = new Settlement();
  #bursts = 0;
  #awaited = 0;

  private constructor(ring: BurstRing, timeoutMs: number) {
    this.#ring = ring;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Opens every connection. Rejects, with none left open, when one of them is refused.
   *
   * @param timeoutMs how long a burst may take.
   */
  static async open(
    port: number,
    dialect: Dialect,
    shape: BurstShape,
    timeoutMs = 10_000,
  ): Promise<BurstLoad> {
    const { connections } = shape;
    const ring = new BurstRing(dialect, shape);
    const load = new BurstLoad(ring, timeoutMs);
    const readBytes = readBufferFor(ring.broadcasts * ring.answerSize);
    const sink = {
      onAnswers: (count: number) => load.#onAnswers(count),
      onFailure: (cause: Error) => load.#settlement.fail(cause),
    };
    try {
      await openConnections({ port, dialect, count: connections, readBytes }, (connection) => {
        load.#channels.push(new AnswerChannel(connection, ring, dialect.heartbeat, sink));
      });
      return load;
    } catch (cause) {
      load.close();
      throw cause;
    }
  }

  async run(durationMs: number): Promise<Lap> {
    const startMs = performance.now();
    let operations = 0;
    do {
      await this.#burst();
      operations += this.#channels.length * this.#ring.broadcasts;
    } while (performance.now() - startMs < durationMs);
    return { operations, seconds: (performance.now() - startMs) / 1000 };
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #burst(): Promise<void> {
    return this.#settlement.wait(() => {
      for (const channel of this.#channels) channel.expect(this.#ring.broadcasts);
      this.#awaited = this.#channels.length * this.#ring.broadcasts;
      const request = this.#ring.requests[this.#bursts++ % RING_BURSTS];
      if (request !== undefined) this.#channels[0]?.write(request);
      return [setTimeout(() => this.#settlement.fail(this.#missing()), this.#timeoutMs)];
    });
  }

  #onAnswers(count: number): void {
    this.#awaited -= count;
    if (this.#awaited === 0) this.#settlement.done();
  }

  #missing(): LoadFailure {
    return new LoadFailure(`${this.#awaited} deliveries missing ${this.#timeoutMs} ms after the burst began`);
  }
}
