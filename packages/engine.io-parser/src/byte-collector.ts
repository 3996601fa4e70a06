const LEAST_CAPACITY = 64;

/**
 * Collects bytes that come in pieces.
 *
 * Memory follows what has arrived, not what was announced: capacity at most doubles, and stops at the announced length.
 */
export class ByteCollector {
  readonly #expected: number;
  #bytes: Uint8Array;
  length = 0;

  /** @param expected how many bytes there will be. */
  constructor(expected: number) {
    this.#expected = expected;
    this.#bytes = new Uint8Array(Math.min(LEAST_CAPACITY, expected));
  }

  /** The first byte, if there is one. */
  get first(): number | undefined {
    return this.length > 0 ? this.#bytes[0] : undefined;
  }

  append(source: Uint8Array, start: number, end: number): void {
    const length = this.length + (end - start);
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(source.subarray(start, end), this.length);
    this.length = length;
  }

  /** All of them, without a copy. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#bytes.length * 2, this.#expected)));
    grown.set(this.take());
    this.#bytes = grown;
  }
}
