import { frameOf, frameText } from "./frame-writer.ts";
import { OPCODE } from "./opcodes.ts";

declare const PREPARED: unique symbol;

/** A message framed once, to be sent to any number of connections. Opaque; its bytes must not be changed. */
export type PreparedFrame = Buffer & { readonly [PREPARED]: true };

/** Frames a text message for `Connection.sendPrepared`. */
export function prepareText(text: string): PreparedFrame {
  return frameText(text, Buffer.byteLength(text), false) as PreparedFrame;
}

/** Frames a binary message for `Connection.sendPrepared`. Copies `data`. */
export function prepareBinary(data: Uint8Array): PreparedFrame {
  return frameOf(OPCODE.binary, data, false) as PreparedFrame;
}

/** Takes a prepared frame apart again, for a client, which must mask it with a key of its own. */
export function preparedParts(frame: PreparedFrame): { opcode: number; payload: Buffer } {
  const lengthField = frame[1] as number;
  const start = lengthField < 126 ? 2 : lengthField === 126 ? 4 : 10;
  return { opcode: (frame[0] as number) & 0x0f, payload: frame.subarray(start) };
}
