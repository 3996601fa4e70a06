import type { ConnectionSink } from "./connection-sink.ts";
import { ConnectionError } from "./errors.ts";
import type { WebSocketEvents } from "./websocket-events.ts";

export type SendCallback = (error?: Error) => void;

/** The `WebSocket` as its connection sees it. */
export interface SinkOwner extends WebSocketEvents {
  readonly binaryType: "nodebuffer" | "arraybuffer";
}

/** Turns what a connection tells into the events of a `WebSocket`. */
export class WebSocketSink implements ConnectionSink {
  readonly #owner: SinkOwner;
  #callbacks: SendCallback[] = [];

  constructor(owner: SinkOwner) {
    this.#owner = owner;
  }

  /** Has `callback` called when what has been sent so far is written, or with an error when it will not be. */
  afterWrite(callback: SendCallback): void {
    this.#callbacks.push(callback);
  }

  // Listeners get text as bytes, as those of `ws` do: see `onTextBytes`.
  onText(text: string): void {
    this.onTextBytes(Buffer.from(text));
  }

  onTextBytes(data: Buffer): void {
    this.#owner.emit("message", data, false);
  }

  onBinary(data: Buffer): void {
    this.#owner.emit("message", this.#owner.binaryType === "arraybuffer" ? toArrayBuffer(data) : data, true);
  }

  onPing(data: Buffer): void {
    this.#owner.emit("ping", data);
  }

  onPong(data: Buffer): void {
    this.#owner.emit("pong", data);
  }

  onDrain(): void {
    this.#callBack(undefined);
  }

  onClose(code: number, reason: string, error?: Error): void {
    // A fault of the peer must not take the process down for want of a listener; `close` tells of it anyway.
    if (error !== undefined && this.#owner.listenerCount("error") > 0) this.#owner.emit("error", error);
    this.#callBack(error ?? new ConnectionError("WS_ERR_NOT_OPEN"));
    this.#owner.emit("close", code, Buffer.from(reason));
  }

  #callBack(error: Error | undefined): void {
    if (this.#callbacks.length === 0) return;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) error === undefined ? callback() : callback(error);
  }
}

function toArrayBuffer(data: Buffer): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = data;
  if (byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
