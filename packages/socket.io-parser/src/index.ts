export { ATTACHMENT_OPTIONS, type AttachmentOptions } from "./attachment-options.ts";
export { type Attachment, type BinaryData, isBinary } from "./binary.ts";
export { Decoder, type DecoderOptions, Encoder, isPacketValid, protocol } from "./compat.ts";
export { type Packet, PacketType } from "./compat-packet.ts";
export { type DecodedText, decodeText } from "./decode.ts";
export { type EncodedPacket, encode } from "./encode.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export {
  type DecodedPacket,
  PACKET_TYPE,
  type PacketTypeCode,
  RESERVED_EVENTS,
  type SocketPacket,
} from "./packet.ts";
export { PacketReader, type PacketReaderOptions } from "./packet-reader.ts";
export type { Reviver } from "./parse-json.ts";
export type { Replacer } from "./to-json.ts";
