import { constants, createDeflateRaw, type DeflateRaw } from "node:zlib";
import type { DeflateSettings } from "./deflate-options.ts";
import { limiterOf, type ZlibTurn } from "./zlib-limiter.ts";

/**
 * zlib has no raw window of 256 bytes. With its next one, of 512, it reaches back 250 at most, for it keeps 262 free to
 * look ahead: so that one serves who agreed to 256 as well.
 */
export const LEAST_WINDOW_BITS = 9;

/** RFC 7692 §7.2.1: what a sync flush ends in, and a message leaves out. */
const TAIL_BYTES = 4;
/** RFC 7692 §7.2.3.6: an empty message. */
const EMPTY = Buffer.of(0);

export type DeflateCallback = (error: Error | undefined, data: Buffer) => void;

interface Task {
  readonly data: Uint8Array;
  readonly fin: boolean;
  readonly done: DeflateCallback;
}

/** Compresses the messages that one side sends (RFC 7692 §7.2.1), one after the other. */
export class Deflater implements ZlibTurn {
  readonly #settings: DeflateSettings;
  readonly #windowBits: number;
  readonly #noContextTakeover: boolean;
  #stream: DeflateRaw | undefined;
  #chunks: Buffer[] = [];
  #task: Task | undefined;

  /** @param windowBits 8 to 15. */
  constructor(settings: DeflateSettings, windowBits: number, noContextTakeover: boolean) {
    this.#settings = settings;
    this.#windowBits = Math.max(windowBits, LEAST_WINDOW_BITS);
    this.#noContextTakeover = noContextTakeover;
  }

  /**
   * Compresses `data`. To be called again only after it has called back.
   *
   * @param fin whether `data` is the end of its message: a message may be compressed in pieces.
   */
  deflate(data: Uint8Array, fin: boolean, done: DeflateCallback): void {
    this.#task = { data, fin, done };
    limiterOf(this.#settings).enter(this);
  }

  /** For the limiter. */
  run(): void {
    const stream = (this.#stream ??= this.#open());
    const { data } = this.#task as Task;
    if (data.length > 0) stream.write(data);
    stream.flush(constants.Z_SYNC_FLUSH, () => this.#finish(stream));
  }

  /** Frees the memory of zlib. A callback that is due is not called any more. */
  close(): void {
    if (this.#task !== undefined) limiterOf(this.#settings).leave(this);
    this.#task = undefined;
    this.#dropStream();
  }

  #open(): DeflateRaw {
    const stream = createDeflateRaw({ ...this.#settings.zlibDeflateOptions, windowBits: this.#windowBits });
    stream.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    stream.on("error", (error) => this.#finish(stream, error));
    return stream;
  }

  #finish(stream: DeflateRaw, error?: Error): void {
    if (this.#task === undefined || stream !== this.#stream) return;
    const { fin, done } = this.#task;
    const output = this.#take(fin);
    this.#task = undefined;
    if (error !== undefined || (fin && this.#noContextTakeover)) this.#dropStream();
    limiterOf(this.#settings).leave(this);
    done(error, output);
  }

  #take(fin: boolean): Buffer {
    const output = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (!fin) return output;
    return output.length <= TAIL_BYTES ? EMPTY : output.subarray(0, output.length - TAIL_BYTES);
  }

  #dropStream(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#chunks = [];
  }
}

/** Compresses a message that does not lean on earlier ones. */
export function deflateOnce(
  settings: DeflateSettings,
  windowBits: number,
  data: Uint8Array,
  done: DeflateCallback,
): void {
  new Deflater(settings, windowBits, true).deflate(data, true, done);
}
