import { fromBase64, toBase64 } from "#platform";
import { ProtocolError } from "./errors.ts";
import { type Codec, decodeText, encodeText, type Packet, type PacketData, unknownPacket } from "./packet.ts";

const SEPARATOR = "\x1e";
const BASE64_MARK = "b";

function encodePacket({ type, data }: Packet, supportsBinary: boolean): PacketData {
  if (data === undefined || typeof data === "string") return encodeText(type, data);
  return supportsBinary ? data : BASE64_MARK + toBase64(data);
}

function decodePacket(wire: PacketData): Packet {
  // Bytes have no room for a type: they are always a message.
  if (typeof wire !== "string") return { type: "message", data: wire };
  if (!wire.startsWith(BASE64_MARK)) return decodeText(wire);
  const data = fromBase64(wire.slice(BASE64_MARK.length));
  if (data === undefined) throw new ProtocolError("EIO_BAD_BASE64");
  return { type: "message", data };
}

/** @see protocol-docs/engine.io.md#revision-4 */
export const revision4: Codec = {
  revision: 4,
  encodePacket,
  decodePacket,

  encodePayload: (packets) => packets.map((packet) => encodePacket(packet, false)).join(SEPARATOR),

  decodePayload(body) {
    if (typeof body !== "string") throw unknownPacket("bytes");
    if (body === "") throw new ProtocolError("EIO_EMPTY_PAYLOAD");
    return body.split(SEPARATOR).map(decodePacket);
  },
};
