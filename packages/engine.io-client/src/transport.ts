import type { Codec, EnginePacket } from "@towline/engine.io-parser";
import type { Trace } from "./trace.ts";

export type TransportName = "polling" | "websocket";

/** Why a transport gave up. The messages are those of `engine.io-client`: "xhr poll error", "websocket error", … */
export class TransportError extends Error {
  readonly type = "TransportError";
  /** The HTTP status (0 when there was no answer), or the event or error that stands behind. */
  readonly description: unknown;
  /** What else is known, such as `{ status, responseText }` of a refused request. */
  readonly context: unknown;

  constructor(message: string, description?: unknown, context?: unknown, cause: unknown = description) {
    super(message, cause instanceof Error ? { cause } : undefined);
    this.description = description;
    this.context = context;
  }
}

/** How a transport that ended without an error did so. */
export interface CloseDetails {
  readonly description: string;
  readonly context?: unknown;
}

/** What a transport tells its session. Exactly one `onClose`, and nothing after it. */
export interface TransportSink {
  /** The transport can carry packets. Polling, whose handshake is its first poll, does not tell. */
  onOpen(): void;
  /** Packets in their order; `codec` when the way they were written has shown the revision. */
  onPackets(packets: readonly EnginePacket[], codec: Codec | undefined): void;
  /** The last batch has gone. */
  onDrain(): void;
  onClose(cause: Error | CloseDetails): void;
}

/** What a transport may ask of its session. */
export interface TransportContext {
  /** `undefined` until the server has shown its revision. */
  readonly codec: Codec | undefined;
  /** False when the user wants base64 even where bytes could be sent as they are. */
  readonly supportsBinary: boolean;
  readonly trace: Trace | undefined;
  /** Where the next request goes, session id included once there is one. */
  url(transport: TransportName): string;
  nowMs(): number;
}

/** A way to carry packets. It knows nothing of sessions, heartbeats or upgrades. */
export interface Transport {
  readonly name: TransportName;
  readonly writable: boolean;
  /** What `send` has taken and the network has not. */
  readonly bufferedBytes: number;
  open(): void;
  /** Sends the batch in order. Call only while `writable`. */
  send(packets: readonly EnginePacket[]): void;
  /** Lets running requests end, their packets delivered, starts no more, then calls back. */
  pause(onPaused: () => void): void;
  resume(): void;
  /** `graceful` says goodbye to the server; `discard` drops (used after an upgrade). Tells no `onClose`. Idempotent. */
  close(mode: "graceful" | "discard"): void;
}

export interface TransportFactory {
  readonly name: TransportName;
  create(context: TransportContext, sink: TransportSink): Transport;
}
