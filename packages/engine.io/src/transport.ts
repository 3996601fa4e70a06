import type { Codec, EnginePacket, EnginePacketType, PacketData } from "@towline/engine.io-parser";
import type { PreparedMessage } from "./prepared-message.ts";

export const TRANSPORT_NAMES = ["polling", "websocket", "webtransport"] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];

/** Says of a message whether it may be compressed. */
export interface PacketOptions {
  readonly compress: boolean;
}

export const MAY_COMPRESS: PacketOptions = Object.freeze({ compress: true });

export interface OutgoingPacket extends EnginePacket {
  readonly options?: PacketOptions | undefined;
  /** Set on a broadcast: the same message, framed once for all connections. */
  readonly prepared?: PreparedMessage | undefined;
}

/** Told, with the transport that took a packet, when the network has taken it. */
export type SendCallback = (transport: Transport) => void;

/** What to do with a message for which there is no room: close the session, drop the message, or send it all the same. */
export type BufferPolicy = "close" | "drop" | "send";

/** What a transport tells its session. Exactly one `onClose`, and nothing after it. */
export interface TransportSink {
  onPacket(type: EnginePacketType, data: PacketData | undefined): void;
  /** The transport has become writable again. */
  onWritable(): void;
  /** The network has taken all that was sent. */
  onFlushed(): void;
  /** A message of that many bytes is too much for what waits already. */
  onBufferFull(bufferedBytes: number, messageBytes: number): BufferPolicy;
  /** @param cause a `ProtocolError` of the peer's, a failure of the network, or nothing for an orderly end. */
  onClose(cause?: Error): void;
}

/** A way to carry packets. It knows nothing of sessions, heartbeats or upgrades. */
export interface Transport {
  readonly name: TransportName;
  readonly codec: Codec;
  readonly writable: boolean;
  /** Bytes that were sent and that the network has not taken yet. */
  readonly bufferedAmount: number;
  /** Whether some of that was sent before this turn. Where it is not said, all of it was. */
  readonly isBehind?: boolean;
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
export const DEAF_SINK: TransportSink = {
  onPacket() {},
  onWritable() {},
  onFlushed() {},
  onBufferFull: () => "close",
  onClose() {},
};
