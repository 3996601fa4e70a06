export { type Attachment, isBinary } from "./binary.ts";
export { Decoder, Encoder, isPacketValid, PacketType, protocol } from "./compat.ts";
export type { Reviver } from "./decode.ts";
export { type EncodedPacket, encode, type Replacer } from "./encode.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export { PACKET_TYPE, type Packet, type PacketTypeCode, RESERVED_EVENTS } from "./packet.ts";
export { PacketReader, type PacketReaderOptions } from "./packet-reader.ts";
