import { randomFillSync } from "node:crypto";

/** Gives the masking key of the next frame, its four octets as a little-endian integer. */
export type NextMaskKey = () => number;

const keys = new Int32Array(1024);
let next = keys.length;

/** A fresh masking key, unpredictable as RFC 6455 §10.3 demands. The pool makes one call to the generator serve many frames. */
export function nextMaskKey(): number {
  if (next === keys.length) {
    randomFillSync(keys);
    next = 0;
  }
  const key = keys[next] as number;
  // A key that was used is not left lying in memory.
  keys[next++] = 0;
  return key;
}

/** Keys that `generateMask` writes into the four bytes it is given. */
export function maskKeysFrom(generateMask: (mask: Buffer) => void): NextMaskKey {
  const mask = Buffer.alloc(4);
  return () => {
    generateMask(mask);
    return mask.readInt32LE();
  };
}
