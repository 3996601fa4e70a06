/** What differs between Node and browsers: this is Node's side. */
import { isUtf8 } from "node:buffer";
import { base64Length } from "./base64-length.ts";
import { toArrayBuffer } from "./bytes.ts";
import type { BinaryType } from "./compat-types.ts";

export const toBase64 = (bytes: Uint8Array): string => asBytes(bytes).toString("base64");

/** @returns the bytes, or `undefined` when `text` holds a character that is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  // Node skips what it does not understand, which shows as a result shorter than the text promises.
  return bytes.length === base64Length(text) ? bytes : undefined;
}

export const toUtf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");

/** @returns the text, or `undefined` when the bytes are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string | undefined =>
  isUtf8(bytes) ? asBytes(bytes).toString("utf8") : undefined;

export const allocate = (length: number): Uint8Array => Buffer.allocUnsafe(length);

/** The same bytes as the class that users expect: here a `Buffer`. */
export const asBytes = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The bytes as `binaryType` names them. */
export const bytesAs = (bytes: Uint8Array, binaryType: BinaryType | undefined): Buffer | ArrayBuffer =>
  binaryType === "arraybuffer" ? toArrayBuffer(bytes) : asBytes(bytes);
