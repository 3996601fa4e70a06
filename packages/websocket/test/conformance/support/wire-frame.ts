import { createHash } from "node:crypto";

/** A frame as it was on the wire, its payload unmasked. */
export interface WireFrame {
  readonly firstByte: number;
  /** The masking key; `undefined` when the frame was not masked. */
  readonly key: Buffer | undefined;
  /** The length's bytes: 0, 2 or 8 beyond the header's first two. */
  readonly lengthBytes: number;
  readonly payload: Buffer;
}

/** What a peer is to send: a frame's first byte and its payload, or bytes as they are. */
export type Sent = readonly [firstByte: number, payload: string | Uint8Array] | Buffer;

const KEYS = [
  Buffer.from([0x37, 0xfa, 0x21, 0x3d]),
  Buffer.from([0, 0, 0, 0]),
  Buffer.from([0xff, 1, 0x80, 0x7f]),
];
let turn = 0;

/** Writes a frame, plainly, with nothing of the code under test. A masked one takes its key in turn from a few. */
export function wire(sent: Sent, masked: boolean): Buffer {
  if (Buffer.isBuffer(sent)) return sent;
  const [firstByte, data] = sent;
  const payload = Buffer.from(data as Uint8Array);
  const header = Buffer.alloc(headerBytes(payload.length) + (masked ? 4 : 0));
  header[0] = firstByte;
  header[1] = masked ? 0x80 : 0;
  if (payload.length < 126) header[1] |= payload.length;
  else if (payload.length < 0x1_0000) {
    header[1] |= 126;
    header.writeUInt16BE(payload.length, 2);
  } else {
    header[1] |= 127;
    header.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  if (!masked) return Buffer.concat([header, payload]);
  const key = KEYS[turn++ % KEYS.length] as Buffer;
  key.copy(header, header.length - 4);
  return Buffer.concat([header, applyKey(Buffer.from(payload), key)]);
}

const headerBytes = (length: number): number => (length < 126 ? 2 : length < 0x1_0000 ? 4 : 10);

/** Masks or unmasks in place. */
export function applyKey(payload: Buffer, key: Buffer): Buffer {
  if (key.readUInt32BE() === 0) return payload;
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] as number) ^ (key[i & 3] as number);
  return payload;
}

const NAMES = new Map([
  [0x81, "text"],
  [0x82, "binary"],
  [0x88, "close"],
  [0x89, "ping"],
  [0x8a, "pong"],
]);

/** A frame in words, so that a failed comparison can be read: `text 48656c6c6f`; a long payload by length and hash. */
export function show(firstByte: number, data: string | Uint8Array): string {
  const payload = Buffer.from(data as Uint8Array);
  const bytes =
    payload.length <= 130
      ? payload.toString("hex")
      : `${payload.length} bytes ${createHash("sha1").update(payload).digest("hex").slice(0, 12)}`;
  return `${NAMES.get(firstByte) ?? firstByte.toString(16)} ${bytes}`.trim();
}
