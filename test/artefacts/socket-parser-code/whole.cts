import parser = require("socket.io-parser");

const packet: parser.Packet = { type: parser.PacketType.EVENT, nsp: "/", data: ["x"] };
const type: parser.PacketType.EVENT | parser.PacketType.ACK = parser.PacketType.EVENT;
const options: parser.DecoderOptions = { maxAttachments: 1 };
const decoder: parser.Decoder = new parser.Decoder(options);
const { Encoder, isPacketValid } = parser;
decoder.on("decoded", (each) => console.log(each.data, isPacketValid(each)));
console.log(new Encoder().encode(packet), type, parser.protocol);
