import type { Parsed } from "./connection.ts";

const TEXT_FRAME = 0x81;
const MASK_BIT = 0x80;

function frameHead(payloadLength: number, maskBit: number): Buffer {
  if (payloadLength < 126) return Buffer.of(TEXT_FRAME, maskBit | payloadLength);
  const head = Buffer.alloc(payloadLength < 0x10000 ? 4 : 10);
  head.writeUInt8(TEXT_FRAME, 0);
  if (head.length === 4) {
    head.writeUInt8(maskBit | 126, 1);
    head.writeUInt16BE(payloadLength, 2);
  } else {
    head.writeUInt8(maskBit | 127, 1);
    head.writeBigUInt64BE(BigInt(payloadLength), 2);
  }
  return head;
}

/** A whole text frame as a client sends it: masked with the four bytes of `key` (RFC 6455 §5.3). */
export function encodeClientFrame(text: string, key: Buffer): Buffer {
  const payload = Buffer.from(text);
  const head = frameHead(payload.length, MASK_BIT);
  const masked = payload.map((byte, index) => byte ^ key.readUInt8(index & 3));
  return Buffer.concat([head, key, masked]);
}

/** A whole text frame as a server sends it: the shortest length form, unmasked, not fragmented (RFC 6455 §5.2). */
export function encodeServerFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([frameHead(payload.length, 0), payload]);
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
