/** Bytes from hex, blanks ignored. */
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** A frame built the slow and plain way, independently of the code under test. `key` masks it. */
export function frame(
  firstByte: number,
  payload: string | Uint8Array,
  key: readonly [number, number, number, number] | null = [0x37, 0xfa, 0x21, 0x3d],
): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const flag = key === null ? 0 : 0x80;
  const length =
    body.length < 126
      ? [flag | body.length]
      : body.length < 65536
        ? [flag | 126, body.length >> 8, body.length & 255]
        : [flag | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (body.length >>> shift) & 255)];
  const masked = key === null ? body : body.map((byte, i) => byte ^ (key[i & 3] as number));
  return Buffer.concat([Buffer.from([firstByte, ...length, ...(key ?? [])]), masked]);
}

export const TEXT = 0x81;
export const BINARY = 0x82;
export const CLOSE = 0x88;
export const PING = 0x89;
export const PONG = 0x8a;
