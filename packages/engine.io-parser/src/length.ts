import { ProtocolError } from "./errors.ts";

/** Enough digits for any length a payload may have; more are refused before they are added up. */
const MOST_DIGITS = 10;

/**
 * Reads the decimal length that stands before each packet of a revision 3 payload, up to `terminator`.
 *
 * @returns the length, and the position behind the terminator.
 * @throws {ProtocolError} `EIO_BAD_LENGTH` when there is no such number.
 */
export function readLength(
  size: number,
  terminator: number,
  start: number,
  codeAt: (position: number) => number,
  zero = 48,
): { length: number; end: number } {
  let length = 0;
  for (let position = start; position < size && position <= start + MOST_DIGITS; position++) {
    const code = codeAt(position);
    if (code === terminator && position > start) return { length, end: position + 1 };
    const digit = code - zero;
    if (!(digit >= 0 && digit <= 9)) break;
    length = length * 10 + digit;
  }
  throw new ProtocolError("EIO_BAD_LENGTH");
}
