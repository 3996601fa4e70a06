import * as parser from "engine.io-parser";

const packets: parser.Packet[] = parser.decodePayload("4a");
parser.encodePayload(packets, (body) => console.log(body, parser.protocol));

export { type BinaryType, createPacketDecoderStream, type PacketType, type RawData } from "engine.io-parser";
