import { AnswerReader } from "./answer-reader.ts";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { LoadFailure } from "./load-failure.ts";
import type { MessageRing } from "./message-ring.ts";

/** What a channel tells the load it belongs to. */
export interface ChannelOwner {
  /** Takes note of `count` right answers; says whether to send as many again. */
  onAnswers(count: number): boolean;
  onFailure(cause: Error): void;
}

/** One connection of an echo load: sends from its ring and checks what comes back. */
export class EchoChannel {
  readonly #connection: Connection;
  readonly #ring: MessageRing;
  readonly #reader: AnswerReader;
  readonly #owner: ChannelOwner;
  #next = 0;
  #inFlight = 0;

  constructor(
    connection: Connection,
    ring: MessageRing,
    heartbeat: Dialect["heartbeat"],
    owner: ChannelOwner,
  ) {
    this.#connection = connection;
    this.#ring = ring;
    this.#owner = owner;
    this.#reader = new AnswerReader(ring, heartbeat, (pong) => connection.write(pong));
    connection.stream(
      (bytes, length) => this.#onBytes(bytes, length),
      (cause) => owner.onFailure(cause),
    );
  }

  /** Sends the next `count` messages, in one write but for where the ring begins anew. */
  send(count: number): void {
    const { length, requestSize, requests } = this.#ring;
    this.#inFlight += count;
    for (let left = count; left > 0; ) {
      const run = Math.min(left, length - this.#next);
      this.#connection.write(requests.subarray(this.#next * requestSize, (this.#next + run) * requestSize));
      this.#next = (this.#next + run) % length;
      left -= run;
    }
  }

  close(): void {
    this.#connection.close();
  }

  #onBytes(bytes: Buffer, length: number): void {
    try {
      const count = this.#reader.accept(bytes, length);
      if (count > this.#inFlight) throw new LoadFailure("more answers than messages");
      this.#inFlight -= count;
      if (count > 0 && this.#owner.onAnswers(count)) this.send(count);
    } catch (cause) {
      if (!(cause instanceof LoadFailure)) throw cause;
      this.#connection.close(cause);
    }
  }
}
