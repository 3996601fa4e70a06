import type { Duplex } from "node:stream";
import { deliver } from "@towline/core";
import { type Flushable, scheduleFlush } from "./flush-queue.ts";
import { FrameQueue } from "./frame-queue.ts";
import { forgetJoined, joinFrames } from "./joined-frames.ts";
import type { NextMaskKey } from "./mask-keys.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import { assemble, fitsScratch, keepScratch } from "./scratch.ts";

/** Called once: when the message is written, or with what prevented it. */
export type SendCallback = (error?: Error) => void;

export interface OutboxOwner {
  /**
   * All that waited is written, and the stream can take more.
   *
   * @param wasBehind whether the kernel had not taken everything for a time.
   */
  onOutboxFlushed(wasBehind: boolean): void;
}

/** An empty queue of unmasked frames, for the next connection that sends. */
let spare: FrameQueue | undefined;

interface Callbacks {
  /** Of what waits here. */
  waiting: SendCallback[];
  /** Of what the stream was given and the kernel has yet to take: one list a write. */
  readonly written: SendCallback[][];
}

/** Whether a flush will come: `due` at the end of the turn, `behind` when the socket has drained, `late` after that. */
type FlushState = "none" | "due" | "behind" | "late";

/**
 * What a connection has yet to write. All that is put in during a turn of the event loop goes out at its end, in one write.
 * While the socket is behind, frames wait here rather than in the stream.
 */
export class Outbox implements Flushable {
  readonly #socket: Duplex;
  readonly #nextKey: NextMaskKey | undefined;
  readonly #owner: OutboxOwner;
  /** There while something waits: most connections are idle most of the time. */
  #queue: FrameQueue | undefined;
  #state: FlushState = "none";
  #callbacks: Callbacks | undefined;

  /** @param nextKey what masks each frame, on a client. */
  constructor(socket: Duplex, nextKey: NextMaskKey | undefined, owner: OutboxOwner) {
    this.#socket = socket;
    this.#nextKey = nextKey;
    this.#owner = owner;
  }

  /** Bytes put in and not yet taken by the kernel, frame headers included. */
  get bytes(): number {
    return (this.#queue?.bytes ?? 0) + this.#socket.writableLength;
  }

  /** Whether what was written in an earlier turn is still with the stream: the peer is slow. */
  get isBehind(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** A text message, whole and uncompressed. */
  text(text: string): void {
    this.#open().text(text, this.#socket.writableLength > 0);
    this.#schedule();
  }

  /** @param first the first octet: FIN, reserved bits and opcode. */
  frame(first: number, data: Uint8Array): void {
    this.#open().frame(first, data, this.#socket.writableLength > 0);
    this.#schedule();
  }

  prepared(message: PreparedMessage): void {
    this.#open().prepared(message, this.#socket.writableLength > 0);
    this.#schedule();
  }

  /** Bytes that are framed already, or are no frame: the answer to the opening handshake. */
  raw(bytes: Buffer): void {
    this.#open().raw(bytes);
    this.#schedule();
  }

  /**
   * Answers a ping. While the socket is behind, or `limit` answers wait, only the latest further one is kept
   * (RFC 6455 §5.5.3).
   */
  pong(data: Buffer, limit: number): void {
    const { writableNeedDrain, writableLength } = this.#socket;
    this.#open().pong(data, limit, writableNeedDrain, writableLength > 0);
    this.#schedule();
  }

  /** Has `callback` called when what has been put in so far is with the kernel. */
  whenFlushed(callback: SendCallback): void {
    this.#callbacks ??= { waiting: [], written: [] };
    this.#callbacks.waiting.push(callback);
  }

  /**
   * Tells everyone who waits for a flush that there will be none.
   *
   * @param why only asked when there is somebody to tell: an error costs more than the rest of a connection's end.
   */
  abandon(why: () => Error): void {
    if (this.#callbacks === undefined) return;
    const { written, waiting } = this.#callbacks;
    this.#callbacks = undefined;
    deliver([...written, waiting].flat(), (callback) => callback(why()));
  }

  /** Writes what there is at once, then ends the stream. */
  end(): void {
    if (!this.#socket.writable) return;
    this.#write();
    forgetJoined();
    this.#socket.end();
  }

  flush(): void {
    const wasBehind = this.#state === "late";
    this.#state = "none";
    const socket = this.#socket;
    if (!socket.writable) {
      this.#queue = undefined;
      return;
    }
    this.#write();
    if (socket.writableNeedDrain) {
      this.#state = "behind";
      socket.once("drain", () => {
        this.#state = "late";
        scheduleFlush(this);
      });
      return;
    }
    this.#owner.onOutboxFlushed(wasBehind);
  }

  #open(): FrameQueue {
    if (this.#queue === undefined) {
      this.#queue =
        this.#nextKey === undefined ? (spare ?? new FrameQueue(undefined)) : new FrameQueue(this.#nextKey);
      if (this.#queue === spare) spare = undefined;
    }
    return this.#queue;
  }

  #schedule(): void {
    if (this.#state !== "none") return;
    this.#state = "due";
    scheduleFlush(this);
  }

  #write(): void {
    const queue = this.#queue;
    if (queue === undefined) return;
    this.#queue = undefined;
    const single = queue.takeSingle();
    if (single === undefined) this.#writeAll(queue.bytes, queue.take());
    else this.#socket.write(single, this.#callBackWhenTaken());
    // With a single connection busy at a time, it is the same queue over and over.
    if (this.#nextKey === undefined) spare = queue;
  }

  #writeAll(bytes: number, frames: readonly Buffer[]): void {
    const socket = this.#socket;
    if (fitsScratch(socket, frames, bytes)) {
      socket.write(assemble(frames), this.#callBackWhenTaken());
      // Not all went straight to the kernel: the stream still has the memory.
      if (socket.writableLength > 0) keepScratch();
      return;
    }
    const buffers = joinFrames(frames);
    const last = buffers.length - 1;
    if (last > 0) socket.cork();
    for (let i = 0; i <= last; i++)
      socket.write(buffers[i] as Buffer, i === last ? this.#callBackWhenTaken() : undefined);
    if (last > 0) socket.uncork();
  }

  #callBackWhenTaken(): (() => void) | undefined {
    if (this.#callbacks === undefined || this.#callbacks.waiting.length === 0) return undefined;
    const { waiting, written } = this.#callbacks;
    this.#callbacks.waiting = [];
    written.push(waiting);
    return () => {
      // A socket that was destroyed may call back as if all were well: these hear of it from `abandon`.
      if (this.#socket.destroyed) return;
      written.shift();
      // Not here: a listener that throws must not keep the stream from its own work.
      process.nextTick(deliver, waiting, (callback: SendCallback) => callback());
    };
  }
}
