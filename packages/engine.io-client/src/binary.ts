import type { PacketData } from "@towline/engine.io-parser";
import type { BinaryType } from "#platform";

/** What a user may send. */
export type RawData = string | ArrayBuffer | ArrayBufferView | Blob;

/**
 * User data as a packet carries it: text or bytes, the bytes of a Blob as a promise of them.
 *
 * @throws {TypeError} for an object that holds no bytes. Other values are sent as their text.
 */
export function toPacketData(data: unknown): PacketData | Promise<PacketData> {
  if (data === undefined) return "";
  if (typeof data !== "object" || data === null) return String(data);
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (typeof Blob === "function" && data instanceof Blob)
    return data.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  throw new TypeError("Cannot send an object: send text, a Buffer, an ArrayBuffer, a view of one, or a Blob");
}

/** Packet data as the user wants it: bytes become an ArrayBuffer or a Blob, or stay the Buffer that Node has. */
export function fromPacketData(
  data: PacketData,
  binaryType: BinaryType,
): string | Uint8Array | ArrayBuffer | Blob {
  if (typeof data === "string" || binaryType === "nodebuffer") return data;
  const { buffer, byteOffset, byteLength } = data;
  const whole = (
    byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)
  ) as ArrayBuffer;
  return binaryType === "blob" ? new Blob([whole]) : whole;
}
