import {
  frameBytes,
  frameOf,
  frameText,
  headerBytes,
  writeFrame,
  writeHeader,
  writeTextFrame,
} from "./frame-writer.ts";
import { type PreparedFrame, preparedParts } from "./prepared-frame.ts";
import { ownSlab, type Slab, sharedSlab } from "./slab.ts";

/** Frames up to this size are written into a slab; larger ones get a buffer of their own. */
const SLAB_FRAME_BYTES = 0x1000;

/**
 * Frames in the order in which they go out. Small ones are encoded straight into a slab, one after the other, so that
 * many of them are one buffer without ever having been joined.
 */
export class FrameQueue {
  /** Bytes queued, headers included. */
  bytes = 0;
  readonly #masked: boolean;
  #buffers: Buffer[] = [];
  #slab: Slab | undefined;
  /** What `#from..#to` of the slab holds is not among `#buffers` yet. */
  #from = 0;
  #to = 0;

  /** @param masked whether to mask each frame, as a client must. */
  constructor(masked: boolean) {
    this.#masked = masked;
  }

  /** @param waits whether the frame may have to wait: it then stays out of the slab shared by all connections. */
  text(text: string, waits: boolean): void {
    const payloadBytes = Buffer.byteLength(text);
    const size = frameBytes(payloadBytes, this.#masked);
    if (size > SLAB_FRAME_BYTES) this.raw(frameText(text, payloadBytes, this.#masked));
    else {
      const slab = this.#reserve(size, waits);
      writeTextFrame(slab.bytes, this.#to - size, text, payloadBytes, this.#masked);
    }
  }

  /** Large unmasked data is not copied: it must not change until it is written. */
  binary(opcode: number, data: Uint8Array, waits: boolean): void {
    const size = frameBytes(data.length, this.#masked);
    if (size <= SLAB_FRAME_BYTES) {
      const slab = this.#reserve(size, waits);
      writeFrame(slab.bytes, this.#to - size, opcode, data, this.#masked);
    } else if (this.#masked) {
      this.raw(frameOf(opcode, data, true));
    } else {
      const headSize = headerBytes(data.length);
      const slab = this.#reserve(headSize, waits);
      writeHeader(slab.bytes, this.#to - headSize, opcode, data.length, false);
      this.raw(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    }
  }

  prepared(frame: PreparedFrame, waits: boolean): void {
    if (this.#masked) {
      const { opcode, payload } = preparedParts(frame);
      this.binary(opcode, payload, waits);
    } else this.raw(frame);
  }

  /** Queues bytes as they are. */
  raw(bytes: Buffer): void {
    this.#seal();
    this.#buffers.push(bytes);
    this.bytes += bytes.length;
  }

  /** Empties the queue and gives what was in it. */
  take(): Buffer[] {
    this.#seal();
    const buffers = this.#buffers;
    this.#buffers = [];
    this.#slab = undefined;
    this.bytes = 0;
    return buffers;
  }

  /** Makes room for `size` bytes, which end at `#to`. */
  #reserve(size: number, waits: boolean): Slab {
    const slab = waits ? ownSlab(this.#slab, size) : sharedSlab(size);
    if (slab !== this.#slab || slab.at !== this.#to) {
      this.#seal();
      this.#slab = slab;
      this.#from = slab.at;
    }
    slab.at += size;
    this.#to = slab.at;
    this.bytes += size;
    return slab;
  }

  #seal(): void {
    if (this.#slab === undefined || this.#from === this.#to) return;
    this.#buffers.push(this.#slab.bytes.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
