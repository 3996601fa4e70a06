export { decodePacket, decodePayload, encodePacket, encodePayload, protocol } from "./compat.ts";
export { createPacketDecoderStream, createPacketEncoderStream } from "./compat-streams.ts";
export type { BinaryType, Packet, PacketType, RawData } from "./compat-types.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export {
  type Codec,
  type EncodablePacket,
  type EnginePacket,
  type EnginePacketType,
  PACKET_CODE,
  PACKET_TYPES,
  type PacketData,
} from "./packet.ts";
export { revision3 } from "./revision3.ts";
export { revision4 } from "./revision4.ts";
export { encodeStreamFrame, type StreamFrame } from "./stream-frame.ts";
export { StreamReader } from "./stream-reader.ts";
