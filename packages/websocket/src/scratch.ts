import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

const SCRATCH_BYTES = 0x1_0000;
/** Less would be a small part of the scratch, and a socket that is behind keeps all of it. */
const LEAST_BYTES = 0x2000;

let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * Whether a large frame, its header and its data apart, is worth putting together for one write: where the kernel most
 * often takes all at once, as with TCP and not with what lies above it.
 */
export const fitsScratch = (socket: Duplex, frames: readonly Buffer[], bytes: number): boolean =>
  frames.length === 2 &&
  bytes >= LEAST_BYTES &&
  bytes <= SCRATCH_BYTES &&
  socket instanceof Socket &&
  !(socket instanceof TLSSocket);

/**
 * Puts buffers together in memory that is used over and over: no allocation, and no vector for the kernel. Whoever still
 * has to hold on to the result afterwards calls `keepScratch`.
 */
export function assemble(frames: readonly Buffer[]): Buffer {
  let at = 0;
  for (const frame of frames) {
    scratch.set(frame, at);
    at += frame.length;
  }
  return scratch.subarray(0, at);
}

/** What `assemble` gave last is left to its holder. */
export function keepScratch(): void {
  scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
}
