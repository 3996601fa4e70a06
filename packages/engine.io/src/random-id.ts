import { randomFillSync } from "node:crypto";

/** Bytes of an id: 20 characters of base64url that nobody guesses. */
const ID_BYTES = 15;
/** A call for random bytes costs as much as the rest of a session's beginning, so it is made for many ids. */
const POOL_IDS = 256;

const pool = Buffer.alloc(ID_BYTES * POOL_IDS);
let used = pool.length;

/** An id of 120 random bits. */
export function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += ID_BYTES;
  return pool.toString("base64url", start, used);
}
