import type { Parsed } from "./connection.ts";

/** The first byte of a whole frame of that kind: FIN and the opcode (RFC 6455 §5.2). */
const FIRST_BYTE = { text: 0x81, binary: 0x82, close: 0x88 } as const;
const MASK_BIT = 0x80;

export type FrameKind = keyof typeof FIRST_BYTE;

function frameHead(kind: FrameKind, payloadLength: number, maskBit: number): Buffer {
  const first = FIRST_BYTE[kind];
  if (payloadLength < 126) return Buffer.of(first, maskBit | payloadLength);
  const head = Buffer.alloc(payloadLength < 0x10000 ? 4 : 10);
  head.writeUInt8(first, 0);
  if (head.length === 4) {
    head.writeUInt8(maskBit | 126, 1);
    head.writeUInt16BE(payloadLength, 2);
  } else {
    head.writeUInt8(maskBit | 127, 1);
    head.writeBigUInt64BE(BigInt(payloadLength), 2);
  }
  return head;
}

function mask(payload: Buffer, key: Buffer): Buffer {
  const masked = Buffer.alloc(payload.length);
  // A loop: a callback per byte takes seconds for a ring of 1 MiB messages.
  for (let at = 0; at < payload.length; at++) masked[at] = (payload[at] as number) ^ (key[at & 3] as number);
  return masked;
}

/** A whole frame as a client sends it: masked with the four bytes of `key` (RFC 6455 §5.3). */
export function encodeClientFrame(kind: FrameKind, payload: Buffer, key: Buffer): Buffer {
  return Buffer.concat([frameHead(kind, payload.length, MASK_BIT), key, mask(payload, key)]);
}

/** A whole frame as a server sends it: the shortest length form, unmasked, not fragmented (RFC 6455 §5.2). */
export function encodeServerFrame(kind: FrameKind, payload: Buffer): Buffer {
  return Buffer.concat([frameHead(kind, payload.length, 0), payload]);
}

/**
 * Reads the text of one short server frame from the start of `bytes`. Serves the opening conversation only, where
 * every frame is below 64 KiB; answers are compared as bytes and never parsed.
 */
export function readServerFrame(bytes: Buffer): Parsed<string> | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  if (short === 126 && bytes.length < 4) return undefined;
  const start = short === 126 ? 4 : 2;
  const size = start + (short === 126 ? bytes.readUInt16BE(2) : short);
  return bytes.length < size ? undefined : { value: bytes.toString("utf8", start, size), size };
}
