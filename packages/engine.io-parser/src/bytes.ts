/** Bytes as applications hand them over, and as they want them. */

/** The bytes of a buffer or of any view of one, without a copy; `undefined` for everything else. */
export function bytesOf(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isBuffer(data) ? new Uint8Array(data) : undefined;
}

/** An `ArrayBuffer` of these bytes alone: the view's own where it has no others. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return buffer;
  return new Uint8Array(bytes).buffer;
}

// Pages that are not isolated from other origins have no SharedArrayBuffer.
const isBuffer = (data: unknown): data is ArrayBufferLike =>
  data instanceof ArrayBuffer ||
  (typeof SharedArrayBuffer !== "undefined" && data instanceof SharedArrayBuffer);
