import type { Parsed } from "./connection.ts";
import { LoadFailure } from "./load-failure.ts";

/** What a server answers a request with. The body is a view of what was read. */
export interface HttpAnswer {
  /** 0 for an answer that says no status or no `Content-Length`; its head is the body then. */
  readonly status: number;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const ANSWER_LIMIT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** Reads one answer from the start of `bytes`; gives `undefined` while they hold less than that. Never throws. */
export function readHttpAnswer(bytes: Buffer): Parsed<HttpAnswer> | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const start = headEnd + HEAD_END.length;
  const head = bytes.toString("latin1", 0, headEnd);
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
  const length = /\r\ncontent-length: *(\d{1,9})(?:\r|$)/i.exec(head)?.[1];
  if (status === undefined || length === undefined)
    return { value: { status: 0, body: bytes.subarray(0, headEnd) }, size: start };
  const end = start + Number(length);
  if (bytes.length < end) return undefined;
  return { value: { status: Number(status), body: bytes.subarray(start, end) }, size: end };
}

/** Finds the answers in what a connection reads, wherever the reads cut them. */
export class HttpAnswerReader {
  readonly #onAnswer: (answer: HttpAnswer) => void;
  #rest: Buffer = NOTHING;

  /** @param onAnswer gets each answer as soon as it is complete; its body is overwritten by the next read. */
  constructor(onAnswer: (answer: HttpAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  /**
   * Takes the first `length` bytes of `chunk`.
   *
   * @throws {LoadFailure} when an answer is longer than any that is due, or what `onAnswer` throws.
   */
  accept(chunk: Buffer, length: number): void {
    const read = chunk.subarray(0, length);
    let bytes = this.#rest.length === 0 ? read : Buffer.concat([this.#rest, read]);
    for (;;) {
      const found = readHttpAnswer(bytes);
      if (found === undefined) break;
      bytes = bytes.subarray(found.size);
      this.#onAnswer(found.value);
    }
    if (bytes.length > ANSWER_LIMIT_BYTES)
      throw new LoadFailure(`an answer of more than ${ANSWER_LIMIT_BYTES} bytes`);
    this.#rest = bytes.length === 0 ? NOTHING : Buffer.from(bytes);
  }
}
