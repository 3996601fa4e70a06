import { checkUtf8Prefix } from "./utf8.ts";

const LEAST_CAPACITY = 64;
const NOTHING = Buffer.alloc(0);

/**
 * Collects a payload that comes in pieces: a frame cut by the end of a chunk, or the fragments of a message.
 *
 * Memory follows what has arrived, not what was announced: capacity at most doubles, and stops at the announced length.
 */
export class MessageCollector {
  /** Of the message: text or binary, or the control frame's own. */
  readonly opcode: number;
  /** Whether what is collected has to be inflated. It is then taken out piece by piece. */
  readonly compressed: boolean;
  /** Bytes that are here. */
  length = 0;
  /** Bytes that have ever been here. */
  received = 0;
  #bytes: Buffer = NOTHING;
  #checked = 0;
  #fragmentEnds: number[] = [];

  constructor(opcode: number, compressed = false) {
    this.opcode = opcode;
    this.compressed = compressed;
  }

  /** @param expected how long the payload will be; infinite while nobody can tell, for there are fragments to come. */
  append(source: Buffer, start: number, end: number, expected: number): void {
    const length = this.length + (end - start);
    if (length > this.#bytes.length) this.#grow(length, expected);
    source.copy(this.#bytes, this.length, start, end);
    this.received += end - start;
    this.length = length;
  }

  get fragmentCount(): number {
    return this.#fragmentEnds.length;
  }

  /** Takes note of a fragment's end. */
  endFragment(): void {
    this.#fragmentEnds.push(this.length);
  }

  /** Checks what has arrived since the last call. @throws {ProtocolError} `WS_ERR_INVALID_UTF8` */
  checkUtf8(): void {
    this.#checked = checkUtf8Prefix(this.#bytes, this.#checked, this.length);
  }

  /** Whether the text ends inside a character. */
  get cutsCharacter(): boolean {
    return this.#checked < this.length;
  }

  /** The payload, without a copy. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** The same, and goes on collecting from nothing. */
  drain(): Buffer {
    const taken = this.take();
    this.#bytes = NOTHING;
    this.length = 0;
    return taken;
  }

  /** Where in the payload its fragments end. */
  get fragmentEnds(): readonly number[] {
    return this.#fragmentEnds;
  }

  /** The payload, cut as its fragments were. */
  fragments(): Buffer[] {
    return cutAt(this.take(), this.#fragmentEnds);
  }

  #grow(needed: number, expected: number): void {
    const doubled = Math.max(this.#bytes.length * 2, LEAST_CAPACITY);
    const capacity = Math.max(needed, Math.min(doubled, expected));
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
}

/** `bytes` in pieces that end at `ends`, those with nothing in them left out. */
export const cutAt = (bytes: Buffer, ends: readonly number[]): Buffer[] =>
  (ends.length === 0 ? [bytes] : ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))).filter(
    ({ length }) => length > 0,
  );
