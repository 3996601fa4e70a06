import { createInflateRaw, type InflateRaw } from "node:zlib";
import type { DeflateSettings } from "./deflate-options.ts";
import { LEAST_WINDOW_BITS } from "./deflater.ts";
import { ProtocolError } from "./errors.ts";
import { limiterOf, type ZlibTurn } from "./zlib-limiter.ts";

/** RFC 7692 §7.2.2: what the sender has left out of a message's end. */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** DEFLATE streams a piece may consist of. Each costs far more than its two bytes. */
const STREAMS_LIMIT = 64;

/** @param chunks in a row; empty with an error. */
export type InflateCallback = (error: ProtocolError | undefined, chunks: readonly Buffer[]) => void;

interface Task {
  readonly fin: boolean;
  readonly done: InflateCallback;
  input: Buffer;
  leftBytes: number;
  streams: number;
}

/** Inflates what one side receives (RFC 7692 §7.2.2), one piece after the other. */
export class Inflater implements ZlibTurn {
  readonly #settings: DeflateSettings;
  readonly #windowBits: number;
  readonly #noContextTakeover: boolean;
  #stream: InflateRaw | undefined;
  #chunks: Buffer[] = [];
  #task: Task | undefined;

  constructor(settings: DeflateSettings, windowBits: number, noContextTakeover: boolean) {
    this.#settings = settings;
    // Peers whose zlib knows no window of 256 bytes use one of 512 where they agreed to that.
    this.#windowBits = Math.max(windowBits, LEAST_WINDOW_BITS);
    this.#noContextTakeover = noContextTakeover;
  }

  /**
   * Inflates `piece`. To be called again only after it has called back.
   *
   * @param fin whether it is the end of its message.
   * @param limitBytes how much it may come to. More is never held: `WS_ERR_UNSUPPORTED_MESSAGE_LENGTH`.
   */
  inflate(piece: Buffer, fin: boolean, limitBytes: number, done: InflateCallback): void {
    const input = fin ? Buffer.concat([piece, TAIL]) : piece;
    this.#task = { input, fin, done, leftBytes: limitBytes, streams: 0 };
    limiterOf(this.#settings).enter(this);
  }

  /** For the limiter. */
  run(): void {
    this.#feed(this.#task as Task);
  }

  /** Frees the memory of zlib. A callback that is due is not called any more. */
  close(): void {
    if (this.#task !== undefined) limiterOf(this.#settings).leave(this);
    this.#task = undefined;
    this.#dropStream();
  }

  #feed(task: Task): void {
    const stream = (this.#stream ??= this.#open());
    const before = stream.bytesWritten;
    stream.write(task.input);
    stream.flush(() => {
      if (task !== this.#task || stream !== this.#stream) return;
      if (!stream.readableEnded) this.#finish();
      else this.#beginAnew(task, stream.bytesWritten - before);
    });
  }

  /** RFC 7692 §7.2.3.4: a block with BFINAL ends a DEFLATE stream, but not the message: the rest is another stream. */
  #beginAnew(task: Task, used: number): void {
    this.#stream?.close();
    this.#stream = undefined;
    task.input = task.input.subarray(used);
    if (task.input.length === 0 || (task.fin && task.input.equals(TAIL))) this.#finish();
    else if (++task.streams < STREAMS_LIMIT) this.#feed(task);
    else this.#finish(new ProtocolError("WS_ERR_TOO_MANY_BUFFERED_PARTS", { streams: task.streams }));
  }

  #open(): InflateRaw {
    const stream = createInflateRaw({ ...this.#settings.zlibInflateOptions, windowBits: this.#windowBits });
    stream.on("data", (chunk: Buffer) => this.#onData(chunk));
    stream.on("error", (cause) => {
      if (stream === this.#stream)
        this.#finish(new ProtocolError("WS_ERR_INVALID_DEFLATE_DATA", {}, { cause }));
    });
    return stream;
  }

  #onData(chunk: Buffer): void {
    if (this.#task === undefined) return;
    this.#task.leftBytes -= chunk.length;
    if (this.#task.leftBytes >= 0) this.#chunks.push(chunk);
    // At once, so that a small input cannot go on growing.
    else this.#finish(new ProtocolError("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", { inflated: true }));
  }

  #finish(error?: ProtocolError): void {
    if (this.#task === undefined) return;
    const { fin, done } = this.#task;
    const chunks = error === undefined ? this.#chunks : [];
    this.#chunks = [];
    this.#task = undefined;
    if (error !== undefined || (fin && this.#noContextTakeover)) this.#dropStream();
    limiterOf(this.#settings).leave(this);
    done(error, chunks);
  }

  #dropStream(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#chunks = [];
  }
}
