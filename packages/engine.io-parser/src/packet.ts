import { ProtocolError } from "./errors.ts";

/** Packet types by their code on the wire: the same seven in both revisions. */
export const PACKET_TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;

export type PacketType = (typeof PACKET_TYPES)[number];

export const PACKET_CODE = {
  open: 0,
  close: 1,
  ping: 2,
  pong: 3,
  message: 4,
  upgrade: 5,
  noop: 6,
} as const satisfies Record<PacketType, number>;

/** Text, or bytes (a `Buffer` in Node). */
export type PacketData = string | Uint8Array;

export interface Packet {
  readonly type: PacketType;
  readonly data?: PacketData;
}

/** One revision's way of writing packets and payloads. Stateless. */
export interface Codec {
  readonly revision: 3 | 4;
  /** Encodes one packet as one WebSocket message: text, or bytes when it carries bytes and `supportsBinary`. */
  encodePacket(packet: Packet, supportsBinary: boolean): PacketData;
  /** @throws {ProtocolError} when `wire` is no packet. */
  decodePacket(wire: PacketData): Packet;
  /** Encodes packets as the body of one polling request or response. */
  encodePayload(packets: readonly Packet[], supportsBinary: boolean): PacketData;
  /** @throws {ProtocolError} when `body` is no payload; then none of its packets count. */
  decodePayload(body: PacketData): Packet[];
}

const CODE_ZERO = 48;

/** The type whose digit is the character at `index`. */
export function packetTypeAt(wire: string, index: number): PacketType {
  const type = PACKET_TYPES[wire.charCodeAt(index) - CODE_ZERO];
  if (type === undefined) throw unknownPacket(wire.slice(index, index + 8));
  return type;
}

/** A text packet: a digit, then the data. Both revisions write text alike. */
export function encodeText(type: PacketType, data = ""): string {
  return PACKET_CODE[type] + data;
}

export function decodeText(wire: string): Packet {
  const type = packetTypeAt(wire, 0);
  return wire.length > 1 ? { type, data: wire.slice(1) } : { type };
}

export function unknownPacket(start: string): ProtocolError {
  return start === ""
    ? new ProtocolError("EIO_EMPTY_PACKET")
    : new ProtocolError("EIO_UNKNOWN_PACKET", JSON.stringify(start));
}
