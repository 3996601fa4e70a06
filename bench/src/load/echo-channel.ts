import { AnswerChannel } from "./answer-channel.ts";
import type { Channel, ChannelOwner } from "./channel.ts";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import type { MessageRing } from "./message-ring.ts";

/** One connection of an echo load: sends from its ring and has checked what comes back. */
export class EchoChannel implements Channel {
  readonly #ring: MessageRing;
  readonly #answers: AnswerChannel;
  #next = 0;

  constructor(
    connection: Connection,
    ring: MessageRing,
    heartbeat: Dialect["heartbeat"],
    owner: ChannelOwner,
  ) {
    this.#ring = ring;
    this.#answers = new AnswerChannel(connection, ring, heartbeat, {
      onAnswers: (count) => {
        if (owner.onAnswers(count)) this.send(count);
      },
      onFailure: (cause) => owner.onFailure(cause),
    });
  }

  /** Sends the next `count` messages, in one write but for where the ring begins anew. */
  send(count: number): void {
    const { length, requestSize, requests } = this.#ring;
    this.#answers.expect(count);
    for (let left = count; left > 0; ) {
      const run = Math.min(left, length - this.#next);
      this.#answers.write(requests.subarray(this.#next * requestSize, (this.#next + run) * requestSize));
      this.#next = (this.#next + run) % length;
      left -= run;
    }
  }

  close(): void {
    this.#answers.close();
  }
}
