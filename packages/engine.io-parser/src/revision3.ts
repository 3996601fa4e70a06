import { fromBase64, toBase64 } from "#platform";
import { decodeBinaryPayload, encodeBinaryPayload } from "./binary-payload.ts";
import { ProtocolError } from "./errors.ts";
import { readLength } from "./length.ts";
import {
  type Codec,
  decodeText,
  encodeText,
  PACKET_CODE,
  PACKET_TYPES,
  type Packet,
  type PacketData,
  packetTypeAt,
  unknownPacket,
} from "./packet.ts";

const BASE64_MARK = "b";

function encodePacket({ type, data }: Packet, supportsBinary: boolean): PacketData {
  if (data === undefined || typeof data === "string") return encodeText(type, data);
  if (!supportsBinary) return BASE64_MARK + encodeText(type, toBase64(data));
  const wire = new Uint8Array(data.length + 1);
  wire[0] = PACKET_CODE[type];
  wire.set(data, 1);
  return wire;
}

function decodePacket(wire: PacketData): Packet {
  if (typeof wire !== "string") return decodeBytes(wire);
  if (!wire.startsWith(BASE64_MARK)) return decodeText(wire);
  const type = packetTypeAt(wire, BASE64_MARK.length);
  const data = fromBase64(wire.slice(BASE64_MARK.length + 1));
  if (data === undefined) throw new ProtocolError("EIO_BAD_BASE64");
  return { type, data };
}

function decodeBytes(wire: Uint8Array): Packet {
  const type = wire.length === 0 ? undefined : PACKET_TYPES[wire[0] as number];
  if (type === undefined) throw unknownPacket(wire.length === 0 ? "" : `byte ${wire[0]}`);
  return { type, data: wire.subarray(1) };
}

function encodeTextPayload(packets: readonly Packet[]): string {
  let body = "";
  for (const packet of packets) {
    const wire = encodePacket(packet, false) as string;
    body += `${wire.length}:${wire}`;
  }
  return body;
}

/** Lengths count UTF-16 code units, which is what `length` of a string is. */
function decodeTextPayload(body: string): Packet[] {
  const packets: Packet[] = [];
  let position = 0;
  while (position < body.length) {
    const { length, end } = readLength(body.length, ":".charCodeAt(0), position, (at) => body.charCodeAt(at));
    if (end + length > body.length) throw new ProtocolError("EIO_SHORT_PAYLOAD");
    packets.push(decodePacket(body.slice(end, end + length)));
    position = end + length;
  }
  return packets;
}

/** @see protocol-docs/engine.io.md#revision-3 */
export const revision3: Codec = {
  revision: 3,
  encodePacket,
  decodePacket,

  encodePayload: (packets, supportsBinary) =>
    supportsBinary && packets.some(({ data }) => data !== undefined && typeof data !== "string")
      ? encodeBinaryPayload(packets, encodePacket)
      : encodeTextPayload(packets),

  decodePayload(body) {
    if (body.length === 0) throw new ProtocolError("EIO_EMPTY_PAYLOAD");
    return typeof body === "string" ? decodeTextPayload(body) : decodeBinaryPayload(body, decodePacket);
  },
};
