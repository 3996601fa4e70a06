/**
 * Bytes inside of data. JSON has no room for them, so each is sent as an attachment of its own, and a placeholder
 * `{"_placeholder":true,"num":<index>}` stands where it was.
 */

/** What counts as bytes in the data of a packet. */
export type BinaryData = ArrayBuffer | ArrayBufferView | Blob;

/** An attachment on its way out. Only browsers hand in Blobs: their bytes are not there yet. */
export type Attachment = Uint8Array | Blob;

export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const hasBlob = typeof Blob === "function";

export function isBinary(value: unknown): value is BinaryData {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || (hasBlob && value instanceof Blob);
}

export function toAttachment(value: BinaryData): Attachment {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

export const sizeOf = (data: unknown): number => {
  const { byteLength, size } = data as { byteLength?: number; size?: number };
  return byteLength ?? size ?? 0;
};
