import type { ConnectionSink } from "./connection-sink.ts";
import type { BinaryType, RawData, WebSocketEvents } from "./websocket-events.ts";

/** The `WebSocket` as its connection sees it. */
export interface SinkOwner extends WebSocketEvents {
  readonly binaryType: BinaryType;
}

/** Who keeps count of connections: their server. */
export interface Tracker {
  onSocketClosed(webSocket: SinkOwner): void;
}

/** Turns what a connection tells into the events of a `WebSocket`. */
export class WebSocketSink implements ConnectionSink {
  readonly subject: SinkOwner;
  tracker: Tracker | undefined;

  constructor(subject: SinkOwner) {
    this.subject = subject;
  }

  get wantsFragments(): boolean {
    return this.subject.binaryType === "fragments";
  }

  // Listeners get text as bytes, as those of `ws` do: see `onTextBytes`.
  onText(text: string): void {
    this.onTextBytes(Buffer.from(text));
  }

  onTextBytes(data: Buffer): void {
    this.subject.emit("message", data, false);
  }

  onBinary(data: Buffer): void {
    this.subject.emit("message", as(this.subject.binaryType, data), true);
  }

  onFragments(data: Buffer[]): void {
    this.subject.emit("message", data, true);
  }

  onPing(data: Buffer): void {
    this.subject.emit("ping", data);
  }

  onPong(data: Buffer): void {
    this.subject.emit("pong", data);
  }

  onDrain(): void {
    this.subject.emit("drain");
  }

  onClose(code: number, reason: string, error?: Error): void {
    this.tracker?.onSocketClosed(this.subject);
    try {
      // A fault of the peer must not take the process down for want of a listener; `close` tells of it anyway.
      if (error !== undefined && this.subject.listenerCount("error") > 0) this.subject.emit("error", error);
    } finally {
      this.subject.emit("close", code, Buffer.from(reason));
    }
  }
}

function as(binaryType: BinaryType, data: Buffer): RawData {
  if (binaryType === "arraybuffer") return toArrayBuffer(data);
  // The type leaves `Blob` out, as that of `ws` does: who sets "blob" knows what to expect.
  return binaryType === "blob" ? (new Blob([data as Buffer<ArrayBuffer>]) as unknown as Buffer) : data;
}

function toArrayBuffer(data: Buffer): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = data;
  if (byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
