import * as parser from "socket.io-parser";

const packets: parser.Packet[] = [{ type: parser.PacketType.CONNECT, nsp: "/" }];
console.log(
  packets.flatMap((packet) => new parser.Encoder().encode(packet)),
  parser.protocol,
);

export {
  Decoder,
  type DecoderOptions,
  Encoder,
  isPacketValid,
  type Packet,
  PacketType,
} from "socket.io-parser";
