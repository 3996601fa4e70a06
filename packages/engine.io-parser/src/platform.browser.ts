/** What differs between Node and browsers: this is the browsers' side. */
import { base64Length } from "./base64-length.ts";
import { toArrayBuffer } from "./bytes.ts";
import type { BinaryType } from "./compat-types.ts";

/** Characters per `String.fromCharCode` call, well below every engine's limit on arguments. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  return btoa(binary);
}

/** @returns the bytes, or `undefined` when `text` holds a character that is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  // `atob` skips blanks, which shows as a result shorter than the text promises.
  if (binary.length !== base64Length(text)) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

export const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @returns the text, or `undefined` when the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export const allocate = (length: number): Uint8Array => new Uint8Array(length);

/** The same bytes as the class that users expect: here there is one alone. */
export const asBytes = (bytes: Uint8Array): Uint8Array => bytes;

/** The bytes as `binaryType` names them. */
export const bytesAs = (bytes: Uint8Array, binaryType: BinaryType | undefined): ArrayBuffer | Blob =>
  binaryType === "blob" ? new Blob([bytes as Uint8Array<ArrayBuffer>]) : toArrayBuffer(bytes);
