/**
 * The payload of revision 3 that carries bytes as they are. Each packet is written as
 * a marker (0 text, 1 bytes), the digits of its length as bytes 0 to 9, `0xff`, then the packet; text as UTF-8.
 */
import { allocate, fromUtf8, toUtf8 } from "#platform";
import { ProtocolError } from "./errors.ts";
import { readLength } from "./length.ts";
import { CODE_ZERO, type EncodablePacket, type EnginePacket, type PacketData } from "./packet.ts";

const TEXT = 0;
const BYTES = 1;
const TERMINATOR = 0xff;

export function encodeBinaryPayload(
  packets: readonly EncodablePacket[],
  encodePacket: (packet: EncodablePacket, supportsBinary: boolean) => PacketData,
): Uint8Array {
  const wires = packets.map((packet) => encodePacket(packet, true));
  const contents = wires.map((wire) => (typeof wire === "string" ? toUtf8(wire) : wire));
  const body = allocate(contents.reduce((total, { length }) => total + headSize(length) + length, 0));
  let position = 0;
  for (const [index, bytes] of contents.entries()) {
    position = writeHead(body, position, typeof wires[index] === "string" ? TEXT : BYTES, bytes.length);
    body.set(bytes, position);
    position += bytes.length;
  }
  return body;
}

const headSize = (length: number): number => String(length).length + 2;

function writeHead(body: Uint8Array, start: number, marker: number, length: number): number {
  const digits = String(length);
  let position = start;
  body[position++] = marker;
  for (let index = 0; index < digits.length; index++) body[position++] = digits.charCodeAt(index) - CODE_ZERO;
  body[position++] = TERMINATOR;
  return position;
}

export function decodeBinaryPayload(
  body: Uint8Array,
  decodePacket: (wire: PacketData) => EnginePacket,
): EnginePacket[] {
  const packets: EnginePacket[] = [];
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
