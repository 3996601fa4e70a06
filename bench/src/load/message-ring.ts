import type { Dialect } from "./dialect.ts";
import type { PayloadMaker } from "./payload.ts";

/** The right answers on a connection, which come over and over, in order, all of one size. */
export interface AnswerRing {
  readonly length: number;
  readonly answers: Buffer;
  readonly answerSize: number;
}

/**
 * What one connection sends, over and over, and the right answers, encoded beforehand as two runs of bytes. Every
 * message has the same size, so the place of message `n` is a multiplication.
 */
export class MessageRing implements AnswerRing {
  readonly length: number;
  readonly requests: Buffer;
  readonly answers: Buffer;
  readonly requestSize: number;
  readonly answerSize: number;

  /** @param length different messages; must exceed those in flight, or a lost one could pass for its successor. */
  constructor(
    dialect: Pick<Dialect, "exchange">,
    makePayload: PayloadMaker,
    connection: number,
    length: number,
    payloadBytes: number,
  ) {
    const exchanges = Array.from({ length }, (_, sequence) =>
      dialect.exchange(makePayload(connection, sequence, payloadBytes)),
    );
    this.length = length;
    this.requests = Buffer.concat(exchanges.map(({ request }) => request));
    this.answers = Buffer.concat(exchanges.map(({ answer }) => answer));
    this.requestSize = this.requests.length / length;
    this.answerSize = this.answers.length / length;
  }
}
