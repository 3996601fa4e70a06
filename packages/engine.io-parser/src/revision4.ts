import { fromBase64, toBase64 } from "#platform";
import { ProtocolError } from "./errors.ts";
import {
  type Codec,
  type EncodablePacket,
  type EnginePacket,
  encodeText,
  type PacketData,
  readText,
  unknownPacket,
} from "./packet.ts";

/** Stands between the packets of a payload. */
export const SEPARATOR = "\x1e";
const BASE64_MARK = "b";

function encodePacket({ type, data }: EncodablePacket, supportsBinary: boolean): PacketData {
  if (data === undefined || typeof data === "string") return encodeText(type, data);
  return supportsBinary ? data : BASE64_MARK + toBase64(data);
}

/** Decodes a packet, or gives `undefined` for what is none: an error would cost more than any packet. */
export function readPacket(wire: PacketData): EnginePacket | undefined {
  // Bytes have no room for a type: they are always a message.
  if (typeof wire !== "string") return { type: "message", data: wire };
  if (!wire.startsWith(BASE64_MARK)) return readText(wire);
  const data = fromBase64(wire.slice(BASE64_MARK.length));
  return data && { type: "message", data };
}

function decodePacket(wire: PacketData): EnginePacket {
  const packet = readPacket(wire);
  if (packet !== undefined) return packet;
  const start = String(wire.slice(0, 8));
  throw start.startsWith(BASE64_MARK) ? new ProtocolError("EIO_BAD_BASE64") : unknownPacket(start);
}

/** @see protocol-docs/engine.io.md#revision-4 */
export const revision4: Codec = {
  revision: 4,
  encodePacket,
  decodePacket,

  encodePayload: (packets) =>
    packets.length === 1
      ? encodePacket(packets[0] as EncodablePacket, false)
      : packets.map((packet) => encodePacket(packet, false)).join(SEPARATOR),

  decodePayload(body) {
    if (typeof body !== "string") throw unknownPacket("bytes");
    if (body === "") throw new ProtocolError("EIO_EMPTY_PAYLOAD");
    return body.includes(SEPARATOR) ? body.split(SEPARATOR).map(decodePacket) : [decodePacket(body)];
  },
};
