/** From this size on, bytes are written as they are; what is smaller is copied, to be written together. */
const LARGE_BYTES = 4096;
const FIRST_SLAB_BYTES = 1024;
const LAST_SLAB_BYTES = 64 * 1024;

/**
 * Bytes on their way into a stream: one write at a time, of what has come together since the one before. The first
 * is made at the end of the turn of the event loop.
 */
export class StreamOutbox {
  readonly #write: (chunk: Uint8Array) => Promise<boolean>;
  readonly #onFlushed: () => void;
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #isBusy = false;
  /** Where small pieces are put together, and which part of it is in no chunk yet. */
  #slab: Buffer | undefined;
  #start = 0;
  #end = 0;

  /**
   * @param write gives false when nothing can be written any more.
   * @param onFlushed called when all has been taken.
   */
  constructor(write: (chunk: Uint8Array) => Promise<boolean>, onFlushed: () => void) {
    this.#write = write;
    this.#onFlushed = onFlushed;
  }

  /** Bytes that have not been taken yet. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Takes bytes, which must not change until they are flushed. */
  add(bytes: Uint8Array): void {
    this.#bufferedBytes += bytes.length;
    if (bytes.length < LARGE_BYTES) this.#copy(bytes);
    else {
      this.#seal();
      this.#chunks.push(bytes);
    }
    if (this.#isBusy) return;
    this.#isBusy = true;
    setImmediate(() => void this.#flush());
  }

  /** Forgets what has not been written. */
  clear(): void {
    this.#chunks = [];
    this.#bufferedBytes = 0;
    this.#slab = undefined;
    this.#start = this.#end = 0;
  }

  #copy(bytes: Uint8Array): void {
    if (this.#slab === undefined || this.#end + bytes.length > this.#slab.length) {
      this.#seal();
      const size = Math.min(LAST_SLAB_BYTES, (this.#slab?.length ?? FIRST_SLAB_BYTES / 2) * 2);
      this.#slab = Buffer.allocUnsafe(Math.max(size, bytes.length));
      this.#start = this.#end = 0;
    }
    this.#slab.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Makes a chunk of the small pieces, so that what follows comes behind them. */
  #seal(): void {
    if (this.#slab === undefined || this.#start === this.#end) return;
    this.#chunks.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  async #flush(): Promise<void> {
    for (this.#seal(); this.#chunks.length > 0; this.#seal()) {
      const chunks = this.#chunks;
      this.#chunks = [];
      for (const chunk of chunks) {
        if (!(await this.#write(chunk))) return;
        this.#bufferedBytes -= chunk.length;
      }
    }
    this.#isBusy = false;
    this.#slab = undefined;
    this.#onFlushed();
  }
}
