import type { DeflateAgreement } from "./deflate-negotiation.ts";
import { ProtocolError } from "./errors.ts";
import { Inflater } from "./inflater.ts";
import { MessageCollector } from "./message-collector.ts";
import { OPCODE } from "./opcodes.ts";
import type { ReaderLimits, Role } from "./reader-rules.ts";

/** What a piece has come to: a fault, or none. */
export type InflatedCallback = (error: ProtocolError | undefined) => void;

export interface PieceKind {
  readonly isText: boolean;
  /** Whether it is the end of what its frame carries. */
  readonly endsFrame: boolean;
  /** Whether it is the end of its message. */
  readonly isLast: boolean;
}

/** Puts compressed messages together again, inflated and within the limits. */
export class MessageInflater {
  readonly #inflater: Inflater;
  readonly #limits: ReaderLimits;
  #message: MessageCollector | undefined;
  #ready: MessageCollector | undefined;

  /** @param role whose side reads: it inflates with what the other side agreed to compress with. */
  constructor(role: Role, agreement: DeflateAgreement, limits: ReaderLimits) {
    this.#limits = limits;
    this.#inflater =
      role === "server"
        ? new Inflater(agreement.settings, agreement.clientMaxWindowBits, agreement.clientNoContextTakeover)
        : new Inflater(agreement.settings, agreement.serverMaxWindowBits, agreement.serverNoContextTakeover);
  }

  /** The message whose last piece has been inflated, once. */
  takeReady(): MessageCollector | undefined {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready;
  }

  /** Takes the next piece. To be called again only after it has called back, and what was ready was taken. */
  push(piece: Buffer, { isText, endsFrame, isLast }: PieceKind, done: InflatedCallback): void {
    const message = (this.#message ??= new MessageCollector(isText ? OPCODE.text : OPCODE.binary));
    const leftBytes = this.#limits.maxPayload - message.received;
    this.#inflater.inflate(piece, isLast, leftBytes, (error, chunks) => {
      const fault = error ?? this.#collect(message, chunks, isLast);
      if (endsFrame) message.endFragment();
      if (isLast) {
        this.#message = undefined;
        this.#ready = message;
      }
      done(fault);
    });
  }

  /** Frees the memory of zlib. A callback that is due is not called any more. */
  close(): void {
    this.#inflater.close();
    this.#message = undefined;
    this.#ready = undefined;
  }

  #collect(message: MessageCollector, chunks: readonly Buffer[], isLast: boolean): ProtocolError | undefined {
    const bytes = chunks.reduce((sum, { length }) => sum + length, message.length);
    const expected = isLast ? bytes : Number.POSITIVE_INFINITY;
    for (const chunk of chunks) message.append(chunk, 0, chunk.length, expected);
    if (message.opcode !== OPCODE.text || this.#limits.skipUTF8Validation) return undefined;
    try {
      message.checkUtf8();
    } catch (error) {
      return error as ProtocolError;
    }
    return isLast && message.cutsCharacter ? new ProtocolError("WS_ERR_INVALID_UTF8") : undefined;
  }
}
