import type { PictureType } from "./protocol.ts";

const ascii = (text: string): readonly number[] => Array.from(text, (letter) => letter.charCodeAt(0));

const SIGNATURES: readonly { type: PictureType; at: number; bytes: readonly number[] }[] = [
  { type: "image/png", at: 0, bytes: [0x89, ...ascii("PNG\r\n"), 0x1a, 0x0a] },
  { type: "image/jpeg", at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: "image/gif", at: 0, bytes: ascii("GIF87a") },
  { type: "image/gif", at: 0, bytes: ascii("GIF89a") },
  { type: "image/webp", at: 8, bytes: ascii("WEBP") },
];

const RIFF = ascii("RIFF");

const holds = (picture: Uint8Array, at: number, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => picture[at + index] === byte);

/** Tells a picture's type by its first bytes, whatever its sender calls it. */
export function pictureType(picture: Uint8Array): PictureType | undefined {
  const found = SIGNATURES.find(({ at, bytes }) => holds(picture, at, bytes));
  if (found?.type === "image/webp" && !holds(picture, 0, RIFF)) return undefined;
  return found?.type;
}
