import { checkUtf8Prefix } from "./utf8.ts";

const LEAST_CAPACITY = 64;

/**
 * Collects a payload that comes in pieces: a frame cut by the end of a chunk, or the fragments of a message.
 *
 * Memory follows what has arrived, not what was announced: capacity at most doubles, and stops at the announced length.
 */
export class MessageCollector {
  /** Of the message: text or binary, or the control frame's own. */
  readonly opcode: number;
  length = 0;
  fragments = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #checked = 0;

  constructor(opcode: number) {
    this.opcode = opcode;
  }

  /** @param expected how long the payload will be at least, as far as the headers seen so far tell. */
  append(source: Buffer, start: number, end: number, expected: number): void {
    const length = this.length + (end - start);
    if (length > this.#bytes.length) this.#grow(length, expected);
    source.copy(this.#bytes, this.length, start, end);
    this.length = length;
  }

  /** Checks what has arrived since the last call. @throws {ProtocolError} `WS_ERR_INVALID_UTF8` */
  checkUtf8(): void {
    this.#checked = checkUtf8Prefix(this.#bytes, this.#checked, this.length);
  }

  /** Whether the text ends inside a character. */
  get cutsCharacter(): boolean {
    return this.#checked < this.length;
  }

  /** The payload, without a copy. The collector is done with. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(needed: number, expected: number): void {
    const doubled = Math.max(this.#bytes.length * 2, LEAST_CAPACITY);
    const capacity = Math.max(needed, Math.min(doubled, expected));
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
}
