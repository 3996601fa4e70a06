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
}

/** Bursts that differ from each other, so that one which comes twice, or late, is seen to be wrong. */
const RING_BURSTS = 4;

/** The requests for bursts, and what every connection is to get for them. */
class BurstRing implements AnswerRing {
  readonly length = RING_BURSTS * BROADCASTS_PER_BURST;
  readonly requests: readonly Buffer[];
  readonly answers: Buffer;
  readonly answerSize: number;

  constructor(dialect: Dialect, payloadBytes: number) {
    const payloads = Array.from({ length: RING_BURSTS }, (_, burst) =>
      textPayload(0, burst, burstRequestBytes(payloadBytes)),
    );
    this.requests = payloads.map((payload) => dialect.exchange(payload).request);
    const frames = payloads.flatMap(({ bytes }) =>
      burstTexts(bytes.toString()).map(
        (text) => dialect.exchange({ kind: "text", bytes: Buffer.from(text) }).answer,
      ),
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
    { connections, payloadBytes }: BurstShape,
    timeoutMs = 10_000,
  ): Promise<BurstLoad> {
    const ring = new BurstRing(dialect, payloadBytes);
    const load = new BurstLoad(ring, timeoutMs);
    const readBytes = readBufferFor(BROADCASTS_PER_BURST * ring.answerSize);
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
      operations += this.#channels.length * BROADCASTS_PER_BURST;
    } while (performance.now() - startMs < durationMs);
    return { operations, seconds: (performance.now() - startMs) / 1000 };
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #burst(): Promise<void> {
    return this.#settlement.wait(() => {
      for (const channel of this.#channels) channel.expect(BROADCASTS_PER_BURST);
      this.#awaited = this.#channels.length * BROADCASTS_PER_BURST;
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
