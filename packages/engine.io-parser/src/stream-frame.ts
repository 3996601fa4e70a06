/**
 * Packets on a stream of bytes, as WebTransport has them: a header before each, like that of a WebSocket frame. One bit says
 * whether the payload is bytes, seven its length; 126 and 127 in these stand for a length of 16 or 64 bits that follows.
 */
import { ProtocolError } from "./errors.ts";
import type { EncodablePacket, PacketData } from "./packet.ts";
import { revision4 } from "./revision4.ts";

const BINARY = 0x80;
const LENGTH_16_BIT = 126;
const LENGTH_64_BIT = 127;

/** The longest header: the first byte and a length of 64 bits. */
const HEADER_LIMIT_BYTES = 9;

const utf8 = new TextEncoder();

export interface StreamFrame {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Writes a packet for a stream. Bytes are not copied.
 *
 * @throws {TypeError} when the packet's type is none of the seven.
 */
export function encodeStreamFrame(packet: EncodablePacket): StreamFrame {
  const wire = wireOf(packet);
  return typeof wire === "string" ? frame(utf8.encode(wire), 0) : frame(wire, BINARY);
}

// A frame of no bytes is an error to the reference's decoder. As base64, nothing is one character.
function wireOf(packet: EncodablePacket): PacketData {
  const wire = revision4.encodePacket(packet, true);
  return wire.length === 0 ? revision4.encodePacket(packet, false) : wire;
}

const frame = (payload: Uint8Array, flag: number): StreamFrame => ({
  header: writeHeader(payload.length, flag),
  payload,
});

function writeHeader(length: number, flag: number): Uint8Array {
  const short = length < LENGTH_16_BIT ? length : length < 0x1_0000 ? LENGTH_16_BIT : LENGTH_64_BIT;
  const header = new Uint8Array(headerSize(short));
  header[0] = flag | short;
  let rest = length;
  for (let position = header.length - 1; position > 0; position--) {
    header[position] = rest;
    rest = Math.floor(rest / 256);
  }
  return header;
}

/** How long the header is that starts with `first`. */
export function headerSize(first: number): number {
  const length = first & ~BINARY;
  return length === LENGTH_64_BIT ? HEADER_LIMIT_BYTES : length === LENGTH_16_BIT ? 3 : 1;
}

export const isBinaryFrame = (first: number): boolean => first >= BINARY;

/**
 * The payload's length by its header. It need not be written in the fewest bytes.
 *
 * @throws {ProtocolError} `EIO_PAYLOAD_TOO_BIG` above `limitBytes`, or above what a number holds.
 */
export function readPayloadLength(header: Uint8Array, limitBytes: number): number {
  const length = readLength(header);
  if (length > limitBytes || length > Number.MAX_SAFE_INTEGER) throw new ProtocolError("EIO_PAYLOAD_TOO_BIG");
  return length;
}

function readLength(header: Uint8Array): number {
  if (header.length === 1) return (header[0] as number) & ~BINARY;
  let length = 0;
  for (const byte of header.subarray(1)) length = length * 256 + byte;
  return length;
}
