/** What packets of the old API carry: anything at all. */
import { bytesAs } from "#platform";
import { bytesOf } from "./bytes.ts";
import type { BinaryType, Packet } from "./compat-types.ts";
import type { EncodablePacket, EnginePacket } from "./packet.ts";

export const isBlob = (data: unknown): data is Blob => data instanceof Blob;

/** The packet as the codecs take it; a promise of it while a `Blob` has to be read. */
export function toEncodable({ type, data }: Packet): EncodablePacket | Promise<EncodablePacket> {
  if (typeof data === "string") return { type, data };
  if (isBlob(data)) return data.arrayBuffer().then((buffer) => ({ type, data: new Uint8Array(buffer) }));
  // Zero, false and null go as nothing, and everything else that is not bytes as its text.
  return { type, data: bytesOf(data) ?? String(data || "") };
}

/** The packet with its bytes, if it has any, as `binaryType` names them. */
export function withBinaryType(packet: EnginePacket, binaryType: BinaryType | undefined): Packet {
  const { type, data } = packet;
  if (data === undefined || typeof data === "string") return packet;
  const bytes = bytesAs(data, binaryType);
  return bytes === data ? packet : { type, data: bytes };
}

export const errorPacket = (): Packet => ({ type: "error", data: "parser error" });
