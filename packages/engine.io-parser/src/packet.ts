import type { PacketType } from "./compat-types.ts";
import { ProtocolError } from "./errors.ts";

/** Packet types by their code on the wire: the same seven in both revisions. */
export const PACKET_TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;

export type EnginePacketType = (typeof PACKET_TYPES)[number];

export const PACKET_CODE = {
  open: 0,
  close: 1,
  ping: 2,
  pong: 3,
  message: 4,
  upgrade: 5,
  noop: 6,
} as const satisfies Record<EnginePacketType, number>;

/** Text, or bytes (a `Buffer` in Node). */
export type PacketData = string | Uint8Array;

/** A packet as the codecs read it. `Packet`, the old API's, takes it in: its type may be "error" and its data anything. */
export interface EnginePacket {
  readonly type: EnginePacketType;
  readonly data?: PacketData;
}

/** A packet as the codecs write it. The type may be any of the old API's, but "error" throws. */
export interface EncodablePacket {
  readonly type: PacketType;
  readonly data?: PacketData;
}

/** One revision's way of writing packets and payloads. Stateless. */
export interface Codec {
  readonly revision: 3 | 4;
  /**
   * Encodes one packet as one WebSocket message: text, or bytes when it carries bytes and `supportsBinary`.
   *
   * @throws {TypeError} when no peer could read the packet, as its type is none of the seven.
   */
  encodePacket(packet: EncodablePacket, supportsBinary: boolean): PacketData;
  /** @throws {ProtocolError} when `wire` is no packet. */
  decodePacket(wire: PacketData): EnginePacket;
  /** Encodes packets as the body of one polling request or response. */
  encodePayload(packets: readonly EncodablePacket[], supportsBinary: boolean): PacketData;
  /** @throws {ProtocolError} when `body` is no payload; then none of its packets count. */
  decodePayload(body: PacketData): EnginePacket[];
}

/** Of the character 0. */
export const CODE_ZERO = 48;

/** The type whose digit is the character at `index`. */
export function packetTypeAt(wire: string, index: number): EnginePacketType {
  const type = PACKET_TYPES[wire.charCodeAt(index) - CODE_ZERO];
  if (type === undefined) throw unknownPacket(wire.slice(index, index + 8));
  return type;
}

export function packetCode(type: PacketType): number {
  const code: unknown = PACKET_CODE[type as EnginePacketType];
  // Not a test for undefined: "constructor" is found in every object.
  if (typeof code !== "number") throw new TypeError(`no packet has the type ${JSON.stringify(type)}`);
  return code;
}

/** A text packet: a digit, then the data. Both revisions write text alike. */
export function encodeText(type: PacketType, data = ""): string {
  return packetCode(type) + data;
}

/** Decodes a text packet, or gives `undefined` for what is none. */
export function readText(wire: string): EnginePacket | undefined {
  const type = PACKET_TYPES[wire.charCodeAt(0) - CODE_ZERO];
  if (type === undefined) return undefined;
  return wire.length > 1 ? { type, data: wire.slice(1) } : { type };
}

export function unknownPacket(start: string): ProtocolError {
  return start === ""
    ? new ProtocolError("EIO_EMPTY_PACKET")
    : new ProtocolError("EIO_UNKNOWN_PACKET", JSON.stringify(start));
}
