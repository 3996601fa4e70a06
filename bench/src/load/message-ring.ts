import type { Dialect } from "./dialect.ts";

const FILLER = "The quick brown fox jumps over the lazy dog 0123456789 ";

/**
 * The ASCII text of message `sequence` on connection `connection`, exactly `size` bytes long and free of anything JSON
 * would escape. It begins with both numbers, so that an answer which belongs elsewhere is seen to be wrong.
 *
 * @throws {RangeError} when `size` has no room for the numbers.
 */
export function messageText(connection: number, sequence: number, size: number): string {
  const label = `${connection}.${sequence}.`.padEnd(12, ".");
  if (label.length > size)
    throw new RangeError(`A message needs at least ${label.length} bytes, got ${size}`);
  return label + FILLER.repeat(Math.ceil(size / FILLER.length)).slice(0, size - label.length);
}

/**
 * What one connection sends, over and over, and the right answers, encoded beforehand as two runs of bytes. Every
 * message has the same size, so the place of message `n` is a multiplication.
 */
export class MessageRing {
  readonly length: number;
  readonly requests: Buffer;
  readonly answers: Buffer;
  readonly requestSize: number;
  readonly answerSize: number;

  /** @param length different messages; must exceed those in flight, or a lost one could pass for its successor. */
  constructor(dialect: Dialect, connection: number, length: number, payloadBytes: number) {
    const exchanges = Array.from({ length }, (_, sequence) =>
      dialect.exchange(`42["echo","${messageText(connection, sequence, payloadBytes)}"]`),
    );
    this.length = length;
    this.requests = Buffer.concat(exchanges.map(({ request }) => request));
    this.answers = Buffer.concat(exchanges.map(({ answer }) => answer));
    this.requestSize = this.requests.length / length;
    this.answerSize = this.answers.length / length;
  }
}
