import { applyMask } from "./mask.ts";
import type { NextMaskKey } from "./mask-keys.ts";
import { FIN, OPCODE } from "./opcodes.ts";

/** First octet of a text message that is one frame, uncompressed. */
const WHOLE_TEXT = FIN | OPCODE.text;
const MASKED = 0x80;

/** Bytes the header of an unmasked frame takes; a masked one takes `MASK_BYTES` more. */
export const headerBytes = (payloadBytes: number): number =>
  payloadBytes < 126 ? 2 : payloadBytes < 0x1_0000 ? 4 : 10;

export const MASK_BYTES = 4;

/**
 * Writes the header of a frame (RFC 6455 §5.2), length in its shortest form.
 *
 * @param first the first octet: FIN, reserved bits and opcode.
 * @returns where the payload, or the masking key before it, goes.
 */
export function writeHeader(
  target: Buffer,
  at: number,
  first: number,
  payloadBytes: number,
  masked: boolean,
): number {
  const flag = masked ? MASKED : 0;
  target[at] = first;
  if (payloadBytes < 126) {
    target[at + 1] = flag | payloadBytes;
    return at + 2;
  }
  if (payloadBytes < 0x1_0000) {
    target[at + 1] = flag | 126;
    target.writeUInt16BE(payloadBytes, at + 2);
    return at + 4;
  }
  target[at + 1] = flag | 127;
  target.writeUInt32BE(Math.floor(payloadBytes / 2 ** 32), at + 2);
  target.writeUInt32BE(payloadBytes >>> 0, at + 6);
  return at + 10;
}

/** Bytes a whole frame takes. */
export const frameBytes = (payloadBytes: number, masked: boolean): number =>
  headerBytes(payloadBytes) + (masked ? MASK_BYTES : 0) + payloadBytes;

/** Writes a text message of one frame at `at`. @param payloadBytes the length of `text` in UTF-8. */
export function writeTextFrame(
  target: Buffer,
  at: number,
  text: string,
  payloadBytes: number,
  nextKey: NextMaskKey | undefined,
): void {
  const masked = nextKey !== undefined;
  const body = writeHeader(target, at, WHOLE_TEXT, payloadBytes, masked);
  // As many bytes as UTF-16 units: all is ASCII, and Latin-1 is a plain copy.
  const encoding = payloadBytes === text.length ? "latin1" : "utf8";
  target.write(text, masked ? body + MASK_BYTES : body, payloadBytes, encoding);
  if (masked) maskPayload(target, body, payloadBytes, nextKey());
}

/** Writes a frame of any other kind at `at`. @param first the first octet: FIN, reserved bits and opcode. */
export function writeFrame(
  target: Buffer,
  at: number,
  first: number,
  payload: Uint8Array,
  nextKey: NextMaskKey | undefined,
): void {
  const masked = nextKey !== undefined;
  const body = writeHeader(target, at, first, payload.length, masked);
  target.set(payload, masked ? body + MASK_BYTES : body);
  if (masked) maskPayload(target, body, payload.length, nextKey());
}

/** Puts `key` at `at` and masks the payload behind it (RFC 6455 §5.3). */
function maskPayload(target: Buffer, at: number, payloadBytes: number, key: number): void {
  target.writeInt32LE(key, at);
  applyMask(target, at + MASK_BYTES, at + MASK_BYTES + payloadBytes, key);
}

/** A text frame in memory of its own. */
export function frameText(text: string, payloadBytes: number, nextKey?: NextMaskKey): Buffer {
  const frame = Buffer.allocUnsafeSlow(frameBytes(payloadBytes, nextKey !== undefined));
  writeTextFrame(frame, 0, text, payloadBytes, nextKey);
  return frame;
}

/** Any other frame in memory of its own. */
export function frameOf(first: number, payload: Uint8Array, nextKey?: NextMaskKey): Buffer {
  const frame = Buffer.allocUnsafeSlow(frameBytes(payload.length, nextKey !== undefined));
  writeFrame(frame, 0, first, payload, nextKey);
  return frame;
}
