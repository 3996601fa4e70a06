import type { DeflateAgreement } from "./deflate-negotiation.ts";
import { deflateOnce } from "./deflater.ts";
import { frameOf, frameText } from "./frame-writer.ts";
import { FIN, OPCODE, RSV1 } from "./opcodes.ts";

type Waiting = (error: Error | undefined, frame: Buffer) => void;

const NOTHING = Buffer.alloc(0);

/**
 * A message encoded and framed once, to be sent to any number of connections.
 *
 * Where compression without context takeover was agreed on, it is compressed once as well, for all connections of a
 * server that agreed alike.
 */
export class PreparedMessage {
  readonly opcode: number;
  /** As a server sends it: unmasked. Not to be changed. */
  readonly frame: Buffer;
  #payload: Buffer | undefined;
  #compressed: Map<DeflateAgreement, Buffer | Waiting[]> | undefined;

  constructor(opcode: number, frame: Buffer) {
    this.opcode = opcode;
    this.frame = frame;
  }

  get payload(): Buffer {
    const lengthField = this.frame[1] as number;
    const start = lengthField < 126 ? 2 : lengthField === 126 ? 4 : 10;
    this.#payload ??= this.frame.subarray(start);
    return this.#payload;
  }

  /** Compresses and frames it for a server's side, or waits for that if it is under way; `done` may be called at once. */
  compress(agreement: DeflateAgreement, done: Waiting): void {
    this.#compressed ??= new Map();
    const found = this.#compressed.get(agreement);
    if (Array.isArray(found)) found.push(done);
    else if (found !== undefined) done(undefined, found);
    else {
      this.#compressed.set(agreement, [done]);
      deflateOnce(agreement.settings, agreement.serverMaxWindowBits, this.payload, (error, data) =>
        this.#settle(agreement, error, data),
      );
    }
  }

  #settle(agreement: DeflateAgreement, error: Error | undefined, data: Buffer): void {
    const waiting = this.#compressed?.get(agreement) as Waiting[];
    const frame = error === undefined ? frameOf(FIN | RSV1 | this.opcode, data) : NOTHING;
    if (error === undefined) this.#compressed?.set(agreement, frame);
    else this.#compressed?.delete(agreement);
    for (const done of waiting) done(error, frame);
  }
}

/** Prepares a text message for `send`. A lone surrogate goes out as U+FFFD. */
export function prepareText(text: string): PreparedMessage {
  return new PreparedMessage(OPCODE.text, frameText(text, Buffer.byteLength(text)));
}

/** Prepares a binary message for `send`. Copies `data`. */
export function prepareBinary(data: Uint8Array): PreparedMessage {
  return new PreparedMessage(OPCODE.binary, frameOf(FIN | OPCODE.binary, data));
}
