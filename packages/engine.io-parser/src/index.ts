export {
  type BinaryType,
  decodePacket,
  decodePayload,
  encodePacket,
  encodePayload,
  protocol,
  type RawData,
} from "./compat.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export {
  type Codec,
  PACKET_CODE,
  PACKET_TYPES,
  type Packet,
  type PacketData,
  type PacketType,
} from "./packet.ts";
export { revision3 } from "./revision3.ts";
export { revision4 } from "./revision4.ts";
