/** Below this many bytes a plain loop is quicker than making the word view. */
const WORDS_FROM_BYTES = 48;

/** Turns a masking key so that it starts at payload position `position` (RFC 6455 §5.3: octet i takes key octet i mod 4). */
export function rotateKey(key: number, position: number): number {
  const bits = (position & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/**
 * Masks or unmasks `bytes[start..end)` in place (RFC 6455 §5.3).
 *
 * @param key the four key octets as a little-endian 32-bit integer.
 * @returns the OR of the resulting bytes, in each of its four octets or any of them: `isAsciiOr` reads it.
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number): number {
  if (end - start < WORDS_FROM_BYTES) return maskBytes(bytes, start, end, key);

  const aligned = start + (-(bytes.byteOffset + start) & 3);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (end - aligned) >> 2);
  const rest = aligned + words.length * 4;
  return (
    maskBytes(bytes, start, aligned, key) |
    maskWords(words, rotateKey(key, aligned - start)) |
    maskBytes(bytes, rest, end, rotateKey(key, rest - start))
  );
}

/** Whether a result of `applyMask` says that no byte had its top bit set. */
export const isAsciiOr = (or: number): boolean => (or & 0x80808080) === 0;

function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  let or = 0;
  for (let at = start, shift = 0; at < end; at++, shift = (shift + 8) & 31)
    or |= bytes[at] = ((bytes[at] as number) ^ (key >>> shift)) & 0xff;
  return or;
}

// Four words a round, so that the loads do not wait on one another.
function maskWords(words: Int32Array, key: number): number {
  const { length } = words;
  let or = 0;
  let at = 0;
  for (; at + 3 < length; at += 4) {
    const a = (words[at] as number) ^ key;
    const b = (words[at + 1] as number) ^ key;
    const c = (words[at + 2] as number) ^ key;
    const d = (words[at + 3] as number) ^ key;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    or |= a | b | c | d;
  }
  for (; at < length; at++) or |= words[at] = (words[at] as number) ^ key;
  return or;
}
