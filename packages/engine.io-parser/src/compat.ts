/** The functions of `engine.io-parser` 5, whose shape is older than ours: callbacks, and errors as packets. */
import type { PacketData, PacketType } from "./packet.ts";
import { revision4 } from "./revision4.ts";

/** What a packet may carry: text, a `Buffer`, an `ArrayBuffer` or a view of one. */
export type RawData = string | ArrayBuffer | ArrayBufferView;
export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

export interface RawPacket {
  readonly type: PacketType | "error";
  readonly data?: RawData;
}

export interface OutgoingPacket {
  readonly type: PacketType;
  readonly data?: RawData;
}

/** The revision of the Engine.IO protocol that these functions speak. */
export const protocol = 4;

/** Encodes one packet as one WebSocket message; `callback` gets text or bytes before this returns. */
export function encodePacket(
  packet: OutgoingPacket,
  supportsBinary: boolean,
  callback: (encoded: PacketData) => void,
): void {
  callback(revision4.encodePacket(normalize(packet), supportsBinary));
}

/** Decodes one packet. What cannot be decoded comes back as `{ type: "error", data: "parser error" }`. */
export function decodePacket(encoded: RawData, binaryType?: BinaryType): RawPacket {
  try {
    const packet = revision4.decodePacket(normalizeData(encoded));
    return binaryType === "arraybuffer" ? withArrayBuffer(packet) : packet;
  } catch {
    return { type: "error", data: "parser error" };
  }
}

/** Encodes packets as one polling body; `callback` gets it before this returns. */
export function encodePayload(packets: readonly OutgoingPacket[], callback: (encoded: string) => void): void {
  callback(revision4.encodePayload(packets.map(normalize), false) as string);
}

/** Decodes a polling body, up to and including the first packet that cannot be decoded. */
export function decodePayload(encoded: string, binaryType?: BinaryType): RawPacket[] {
  const packets: RawPacket[] = [];
  for (const wire of encoded.split("\x1e")) {
    const packet = decodePacket(wire, binaryType);
    packets.push(packet);
    if (packet.type === "error") break;
  }
  return packets;
}

const normalize = ({ type, data }: OutgoingPacket) =>
  data === undefined ? { type } : { type, data: normalizeData(data) };

function normalizeData(data: RawData): PacketData {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function withArrayBuffer(packet: RawPacket): RawPacket {
  if (!(packet.data instanceof Uint8Array)) return packet;
  return { type: packet.type, data: new Uint8Array(packet.data).buffer };
}
