import { AnswerReader } from "./answer-reader.ts";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { LoadFailure } from "./load-failure.ts";
import type { AnswerRing } from "./message-ring.ts";

/** Hears what comes of a channel's messages. */
export interface AnswerSink {
  /** `count` further answers are there, and right. */
  onAnswers(count: number): void;
  onFailure(cause: Error): void;
}

/** One connection on which answers are due: checks each one, and that there are no more of them than that. */
export class AnswerChannel {
  readonly #connection: Connection;
  readonly #reader: AnswerReader;
  readonly #sink: AnswerSink;
  #due = 0;

  constructor(connection: Connection, ring: AnswerRing, heartbeat: Dialect["heartbeat"], sink: AnswerSink) {
    this.#connection = connection;
    this.#sink = sink;
    this.#reader = new AnswerReader(ring, heartbeat, (pong) => connection.write(pong));
    connection.stream(
      (bytes, length) => this.#onBytes(bytes, length),
      (cause) => sink.onFailure(cause),
    );
  }

  /** Announces `count` further answers. Call it before what brings them is sent. */
  expect(count: number): void {
    this.#due += count;
  }

  write(bytes: Buffer): void {
    this.#connection.write(bytes);
  }

  close(): void {
    this.#connection.close();
  }

  #onBytes(bytes: Buffer, length: number): void {
    try {
      const count = this.#reader.accept(bytes, length);
      if (count > this.#due) throw new LoadFailure("more answers than messages");
      this.#due -= count;
      if (count > 0) this.#sink.onAnswers(count);
    } catch (cause) {
      if (!(cause instanceof LoadFailure)) throw cause;
      this.#connection.close(cause);
    }
  }
}
