import { isAscii, isUtf8 } from "node:buffer";
import { ProtocolError } from "./errors.ts";

export { isAscii };

/** @throws {ProtocolError} `WS_ERR_INVALID_UTF8` */
export function assertUtf8(bytes: Uint8Array): void {
  if (!isUtf8(bytes)) throw new ProtocolError("WS_ERR_INVALID_UTF8");
}

/**
 * Checks a text that is still arriving. A character cut by the end of the bytes is no fault as long as it can
 * still become valid, so an invalid text is refused at its first impossible byte and not at its end (RFC 6455 §8.1).
 *
 * @param from the position an earlier call returned, at first 0. Bytes before it are not looked at again.
 * @returns how far the text is known to be valid: `to`, or the start of the cut character.
 * @throws {ProtocolError} `WS_ERR_INVALID_UTF8`
 */
export function checkUtf8Prefix(bytes: Uint8Array, from: number, to: number): number {
  const cut = cutCharacter(bytes, from, to);
  assertUtf8(bytes.subarray(from, cut));
  return cut;
}

/** Where the character starts that the end of `bytes[from..to)` cuts, or `to` when it cuts none. */
function cutCharacter(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 3; at--) {
    const byte = bytes[at] as number;
    if (byte < 0x80) return to;
    if (byte >= 0xc0) return at + sequenceLength(byte) > to && canComplete(bytes, at, to) ? at : to;
  }
  return to;
}

const sequenceLength = (lead: number): number => (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);

// The second byte alone decides whether a character is overlong, a surrogate or above U+10FFFF (RFC 3629 §4).
function canComplete(bytes: Uint8Array, start: number, to: number): boolean {
  const lead = bytes[start] as number;
  if (lead < 0xc2 || lead > 0xf4) return false;
  if (start + 1 === to) return true;
  const second = bytes[start + 1] as number;
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}
