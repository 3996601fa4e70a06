import {
  frameBytes,
  frameOf,
  frameText,
  headerBytes,
  writeFrame,
  writeHeader,
  writeTextFrame,
} from "./frame-writer.ts";
import type { NextMaskKey } from "./mask-keys.ts";
import { FIN, OPCODE } from "./opcodes.ts";
import type { PreparedMessage } from "./prepared-message.ts";
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
  readonly #nextKey: NextMaskKey | undefined;
  #buffers: Buffer[] = [];
  #slab: Slab | undefined;
  /** What `#from..#to` of the slab holds is not among `#buffers` yet. */
  #from = 0;
  #to = 0;
  /** The latest ping's answer, when not each is answered. */
  #pong: Buffer | undefined;
  #pongs = 0;

  /** @param nextKey what masks each frame, as a client must (RFC 6455 §5.3). */
  constructor(nextKey: NextMaskKey | undefined) {
    this.#nextKey = nextKey;
  }

  /** @param waits whether the frame may have to wait: it then stays out of the slab shared by all connections. */
  text(text: string, waits: boolean): void {
    const payloadBytes = Buffer.byteLength(text);
    const size = frameBytes(payloadBytes, this.#nextKey !== undefined);
    if (size > SLAB_FRAME_BYTES) this.raw(frameText(text, payloadBytes, this.#nextKey));
    else {
      const slab = this.#reserve(size, waits);
      writeTextFrame(slab.bytes, this.#to - size, text, payloadBytes, this.#nextKey);
    }
  }

  /**
   * Large unmasked data is not copied: it must not change until it is written.
   *
   * @param first the first octet: FIN, reserved bits and opcode.
   */
  frame(first: number, data: Uint8Array, waits: boolean): void {
    const size = frameBytes(data.length, this.#nextKey !== undefined);
    if (size <= SLAB_FRAME_BYTES) {
      const slab = this.#reserve(size, waits);
      writeFrame(slab.bytes, this.#to - size, first, data, this.#nextKey);
    } else if (this.#nextKey !== undefined) {
      this.raw(frameOf(first, data, this.#nextKey));
    } else {
      const headSize = headerBytes(data.length);
      const slab = this.#reserve(headSize, waits);
      writeHeader(slab.bytes, this.#to - headSize, first, data.length, false);
      this.raw(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    }
  }

  prepared(message: PreparedMessage, waits: boolean): void {
    if (this.#nextKey === undefined) this.raw(message.frame);
    else this.frame(FIN | message.opcode, message.payload, waits);
  }

  /**
   * An answer to a ping. Once `limit` of them are queued, or at once when they `coalesce`, only the latest further one is
   * kept (RFC 6455 §5.5.3).
   */
  pong(data: Buffer, limit: number, coalesce: boolean, waits: boolean): void {
    if (!coalesce && this.#pongs < limit) {
      this.#pongs++;
      this.frame(FIN | OPCODE.pong, data, waits);
      return;
    }
    const pong = frameOf(FIN | OPCODE.pong, data, this.#nextKey);
    this.bytes += pong.length - (this.#pong?.length ?? 0);
    this.#pong = pong;
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
    // Ahead of what has waited for long, but not of its own predecessors.
    if (this.#pong !== undefined && this.#pongs === 0) buffers.unshift(this.#pong);
    else if (this.#pong !== undefined) buffers.push(this.#pong);
    this.#clear();
    return buffers;
  }

  /** The same when it is all one buffer, as it is for most flushes: `undefined` otherwise, and nothing is emptied. */
  takeSingle(): Buffer | undefined {
    if (this.#buffers.length > 0 || this.#slab === undefined || this.#pong !== undefined) return undefined;
    const single = this.#slab.bytes.subarray(this.#from, this.#to);
    this.#clear();
    return single;
  }

  #clear(): void {
    if (this.#buffers.length > 0) this.#buffers = [];
    this.#slab = undefined;
    this.#from = 0;
    this.#to = 0;
    this.#pong = undefined;
    this.#pongs = 0;
    this.bytes = 0;
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
