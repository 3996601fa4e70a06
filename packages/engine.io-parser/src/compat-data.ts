/** What packets of the old API carry, and what is taken for their encoded form: anything at all. */
import { bytesAs } from "#platform";
import { bytesOf } from "./bytes.ts";
import type { BinaryType, Packet, RawData } from "./compat-types.ts";
import type { EncodablePacket, EnginePacket, PacketData } from "./packet.ts";

export const isBlob = (data: unknown): data is Blob => data instanceof Blob;

/** The packet as the codecs take it; a promise of it while a `Blob` has to be read. */
export function toEncodable({ type, data }: Packet): EncodablePacket | Promise<EncodablePacket> {
  if (typeof data === "string") return { type, data };
  if (isBlob(data)) return data.arrayBuffer().then((buffer) => ({ type, data: new Uint8Array(buffer) }));
  // Zero, false and null go as nothing, and everything else that is not bytes as its text.
  return { type, data: bytesOf(data) ?? String(data || "") };
}

/** Text or bytes that came from the network; `undefined` when they are neither. */
export const toWire = (encoded: RawData): PacketData | undefined =>
  typeof encoded === "string" ? encoded : bytesOf(encoded);

/** The packet with its bytes, if it has any, as `binaryType` names them. */
export function withBinaryType(packet: EnginePacket, binaryType: BinaryType | undefined): Packet {
  const { type, data } = packet;
  return data === undefined || typeof data === "string" ? packet : { type, data: bytesAs(data, binaryType) };
}

export const errorPacket = (): Packet => ({ type: "error", data: "parser error" });
