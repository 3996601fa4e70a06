import type { Duplex } from "node:stream";
import { type Flushable, scheduleFlush } from "./flush-queue.ts";
import { FrameQueue } from "./frame-queue.ts";
import { frameOf } from "./frame-writer.ts";
import { forgetJoined, joinFrames } from "./joined-frames.ts";
import { OPCODE } from "./opcodes.ts";
import type { PreparedFrame } from "./prepared-frame.ts";

/**
 * What a connection has yet to write. All that is put in during a tick goes out at its end, in one write.
 * While the socket is behind, frames wait here rather than in the stream.
 */
export class Outbox implements Flushable {
  readonly #socket: Duplex;
  readonly #masked: boolean;
  readonly #onFlushed: () => void;
  readonly #queue: FrameQueue;
  #pong: Buffer | undefined;
  /** A flush will come: at the end of the tick, or when the socket has drained. */
  #isScheduled = false;

  /** @param onFlushed called when the kernel has taken everything, or the stream has without being full. */
  constructor(socket: Duplex, masked: boolean, onFlushed: () => void) {
    this.#socket = socket;
    this.#masked = masked;
    this.#onFlushed = onFlushed;
    this.#queue = new FrameQueue(masked);
  }

  /** Bytes put in and not yet taken by the kernel, frame headers included. */
  get bytes(): number {
    return this.#queue.bytes + (this.#pong?.length ?? 0) + this.#socket.writableLength;
  }

  text(text: string): void {
    this.#queue.text(text, this.#socket.writableLength > 0);
    this.#schedule();
  }

  binary(opcode: number, data: Uint8Array): void {
    this.#queue.binary(opcode, data, this.#socket.writableLength > 0);
    this.#schedule();
  }

  prepared(frame: PreparedFrame): void {
    this.#queue.prepared(frame, this.#socket.writableLength > 0);
    this.#schedule();
  }

  /** Bytes that are no frame: the answer to the opening handshake. */
  raw(bytes: Buffer): void {
    this.#queue.raw(bytes);
    this.#schedule();
  }

  /** Answers a ping. While the socket is behind, only the latest answer is kept (RFC 6455 §5.5.3). */
  pong(data: Buffer): void {
    if (this.#socket.writableNeedDrain) {
      this.#pong = frameOf(OPCODE.pong, data, this.#masked);
      this.#schedule();
    } else this.binary(OPCODE.pong, data);
  }

  /** Writes what there is at once, then ends the stream. */
  end(): void {
    if (!this.#socket.writable) return;
    this.#write();
    forgetJoined();
    this.#socket.end();
  }

  flush(): void {
    this.#isScheduled = false;
    const socket = this.#socket;
    if (!socket.writable) {
      this.#queue.take();
      return;
    }
    this.#write();
    if (socket.writableNeedDrain) this.#waitForDrain();
    else this.#onFlushed();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    scheduleFlush(this);
  }

  #waitForDrain(): void {
    this.#isScheduled = true;
    this.#socket.once("drain", () => scheduleFlush(this));
  }

  #write(): void {
    const socket = this.#socket;
    const frames = this.#queue.take();
    if (this.#pong !== undefined) {
      frames.unshift(this.#pong);
      this.#pong = undefined;
    }
    const buffers = joinFrames(frames);
    if (buffers.length > 1) socket.cork();
    for (const buffer of buffers) socket.write(buffer);
    if (buffers.length > 1) socket.uncork();
  }
}
