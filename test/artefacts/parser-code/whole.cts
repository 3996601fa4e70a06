import parser = require("engine.io-parser");

const packet: parser.Packet = { type: "message", data: "a" };
const type: parser.PacketType = packet.type;
const binaryType: parser.BinaryType = "blob";
parser.encodePacket(packet, true, (encoded: parser.RawData) => console.log(encoded));
const encoder = parser.createPacketEncoderStream();
const { encodePayload, decodePayload } = parser;
encodePayload([packet], (body) =>
  console.log(decodePayload(body, binaryType), type, encoder, parser.protocol),
);
