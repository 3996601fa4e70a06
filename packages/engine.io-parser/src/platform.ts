/** What differs between Node and browsers: this is Node's side. */
import { isUtf8 } from "node:buffer";

export const toBase64 = (bytes: Uint8Array): string => asBuffer(bytes).toString("base64");

/** @returns the bytes, or `undefined` when `text` holds a character that is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  // Node skips what it does not understand, which shows as a result shorter than the text promises.
  const digits = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  return digits % 4 !== 1 && bytes.length === Math.floor((digits * 3) / 4) ? bytes : undefined;
}

export const toUtf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");

/** @returns the text, or `undefined` when the bytes are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string | undefined =>
  isUtf8(bytes) ? asBuffer(bytes).toString("utf8") : undefined;

export const allocate = (length: number): Uint8Array => Buffer.allocUnsafe(length);

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
