import type { Codec, Packet, PacketData, PacketType } from "@towline/engine.io-parser";
import type { PreparedMessage } from "./prepared-message.ts";

export type TransportName = "polling" | "websocket";

export interface OutgoingPacket extends Packet {
  /** Set on a broadcast: the same message, framed once for all connections. */
  readonly prepared?: PreparedMessage;
  /** Called when the transport has taken the packet. */
  readonly onFlushed?: () => void;
}

/** What a transport tells its session. Exactly one `onClose`, and nothing after it. */
export interface TransportSink {
  onPacket(type: PacketType, data: PacketData | undefined): void;
  /** The transport has become writable again. */
  onWritable(): void;
  /** @param cause a `ProtocolError` of the peer's, a failure of the network, or nothing for an orderly end. */
  onClose(cause?: Error): void;
}

/** A way to carry packets. It knows nothing of sessions, heartbeats or upgrades. */
export interface Transport {
  readonly name: TransportName;
  readonly codec: Codec;
  readonly writable: boolean;
  /** Who hears of it. An upgrade hands a transport from the probe to the session. */
  sink: TransportSink;
  /** Sends the batch in order. Call only while `writable`. */
  send(packets: readonly OutgoingPacket[]): void;
  close(mode: CloseMode): void;
}

/**
 * - `graceful`: says goodbye as soon as it can, then reports its close.
 * - `abort`: the session is over; says goodbye only if that can be done at once.
 * - `discard`: the session goes on elsewhere; lets go without a goodbye.
 */
export type CloseMode = "graceful" | "abort" | "discard";

/** Hears nothing: for a transport that a session has left behind. */
export const DEAF_SINK: TransportSink = { onPacket() {}, onWritable() {}, onClose() {} };
