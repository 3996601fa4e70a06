export type { EnginePacket as Packet, EnginePacketType as PacketType } from "@towline/engine.io-parser";
export type { RawData } from "./binary.ts";
export type { HandshakeData } from "./handshake.ts";
export type { NodeNetworkOptions, SocketOptions } from "./options.ts";
export type { CloseReason } from "./session.ts";
export { type ReadyState, Socket, type SocketEvents, type WriteOptions } from "./socket.ts";
export type { Trace, TraceEvent } from "./trace.ts";
export { type CloseDetails, type Transport, TransportError, type TransportName } from "./transport.ts";

/** The newest revision of the Engine.IO protocol that is spoken. */
export const protocol = 4;
