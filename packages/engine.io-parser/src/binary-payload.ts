/**
 * The payload of revision 3 that carries bytes as they are. Each packet is written as
 * a marker (0 text, 1 bytes), the digits of its length as bytes 0 to 9, `0xff`, then the packet; text as UTF-8.
 */
import { allocate, fromUtf8, toUtf8 } from "#platform";
import { ProtocolError } from "./errors.ts";
import { readLength } from "./length.ts";
import type { Packet, PacketData } from "./packet.ts";

const TEXT = 0;
const BYTES = 1;
const TERMINATOR = 0xff;

export function encodeBinaryPayload(
  packets: readonly Packet[],
  encodePacket: (packet: Packet, supportsBinary: boolean) => PacketData,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const packet of packets) {
    const wire = encodePacket(packet, true);
    const bytes = typeof wire === "string" ? toUtf8(wire) : wire;
    const digits = Array.from(String(bytes.length), Number);
    const head = Uint8Array.of(typeof wire === "string" ? TEXT : BYTES, ...digits, TERMINATOR);
    parts.push(head, bytes);
    total += head.length + bytes.length;
  }
  const body = allocate(total);
  let position = 0;
  for (const part of parts) {
    body.set(part, position);
    position += part.length;
  }
  return body;
}

export function decodeBinaryPayload(body: Uint8Array, decodePacket: (wire: PacketData) => Packet): Packet[] {
  const packets: Packet[] = [];
  let position = 0;
  while (position < body.length) {
    const marker = body[position];
    if (marker !== TEXT && marker !== BYTES) throw new ProtocolError("EIO_BAD_MARKER");
    const { length, end } = readLength(body.length, TERMINATOR, position + 1, (at) => body[at] as number, 0);
    if (end + length > body.length) throw new ProtocolError("EIO_SHORT_PAYLOAD");
    const bytes = body.subarray(end, end + length);
    packets.push(decodePacket(marker === TEXT ? decodeUtf8(bytes) : bytes));
    position = end + length;
  }
  return packets;
}

function decodeUtf8(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new ProtocolError("EIO_BAD_UTF8");
  return text;
}
