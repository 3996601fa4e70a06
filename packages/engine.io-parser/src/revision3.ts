import { fromBase64, toBase64 } from "#platform";
import { decodeBinaryPayload, encodeBinaryPayload } from "./binary-payload.ts";
import { ProtocolError } from "./errors.ts";
import { readLength } from "./length.ts";
import {
  type Codec,
  type EncodablePacket,
  type EnginePacket,
  encodeText,
  PACKET_TYPES,
  type PacketData,
  packetCode,
  packetTypeAt,
  readText,
  unknownPacket,
} from "./packet.ts";

const BASE64_MARK = "b";
/** The character that ends a length. */
const COLON = 58;

function encodePacket({ type, data }: EncodablePacket, supportsBinary: boolean): PacketData {
  if (data === undefined || typeof data === "string") return encodeText(type, data);
  if (!supportsBinary) return BASE64_MARK + encodeText(type, toBase64(data));
  const wire = new Uint8Array(data.length + 1);
  wire[0] = packetCode(type);
  wire.set(data, 1);
  return wire;
}

function decodePacket(wire: PacketData): EnginePacket {
  if (typeof wire !== "string") return decodeBytes(wire);
  if (!wire.startsWith(BASE64_MARK)) return decodeText(wire);
  const type = packetTypeAt(wire, BASE64_MARK.length);
  const data = fromBase64(wire.slice(BASE64_MARK.length + 1));
  if (data === undefined) throw new ProtocolError("EIO_BAD_BASE64");
  return { type, data };
}

function decodeText(wire: string): EnginePacket {
  const packet = readText(wire);
  if (packet === undefined) throw unknownPacket(wire.slice(0, 8));
  return packet;
}

function decodeBytes(wire: Uint8Array): EnginePacket {
  const type = wire.length === 0 ? undefined : PACKET_TYPES[wire[0] as number];
  if (type === undefined) throw unknownPacket(wire.length === 0 ? "" : `byte ${wire[0]}`);
  return { type, data: wire.subarray(1) };
}

function encodeTextPayload(packets: readonly EncodablePacket[]): string {
  let body = "";
  for (const packet of packets) {
    const wire = encodePacket(packet, false) as string;
    body += `${wire.length}:${wire}`;
  }
  return body;
}

/** Lengths count UTF-16 code units, which is what `length` of a string is. */
function decodeTextPayload(body: string): EnginePacket[] {
  const packets: EnginePacket[] = [];
  let position = 0;
  while (position < body.length) {
    const { length, end } = readLength(body.length, COLON, position, (at) => body.charCodeAt(at));
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
