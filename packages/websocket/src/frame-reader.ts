import { ProtocolError } from "./errors.ts";
import { FrameHeader, HEADER_LIMIT_BYTES } from "./frame-header.ts";
import { applyMask, isAsciiOr, rotateKey } from "./mask.ts";
import { MessageCollector } from "./message-collector.ts";
import { isControl, OPCODE } from "./opcodes.ts";
import { assertUtf8, isAscii } from "./utf8.ts";

export type Role = "server" | "client";

/** What a reader found: a whole message, or a control frame. */
export type FrameEvent = "text" | "binary" | "ping" | "pong" | "close";

export interface ReaderLimits {
  /** Bytes a message may have, all its fragments together. */
  readonly maxPayload: number;
  /** Frames a message may come in. */
  readonly maxFragments: number;
}

const EVENT_BY_OPCODE: readonly (FrameEvent | undefined)[] = Object.assign(new Array(16).fill(undefined), {
  [OPCODE.text]: "text",
  [OPCODE.binary]: "binary",
  [OPCODE.close]: "close",
  [OPCODE.ping]: "ping",
  [OPCODE.pong]: "pong",
});

const NOTHING = Buffer.alloc(0);

/** Stands for the OR of bytes nobody went over: not known to be ASCII. */
const UNKNOWN = -1;

// One for all readers: a header is used up before `next` returns.
const header = new FrameHeader();

/** A frame whose payload the end of a chunk has cut. */
interface CutFrame {
  readonly collector: MessageCollector;
  readonly fin: boolean;
  readonly masked: boolean;
  key: number;
  leftBytes: number;
}

/**
 * Reads frames (RFC 6455 §5) out of chunks of any size. Pull it: `push` a chunk, then call `next` until it gives
 * `undefined`. What an event carries is had from `text()` or `bytes()` before the following `next`.
 *
 * Unmasks in place, so the chunk is the reader's once pushed. A frame that lies whole in a chunk is not copied.
 */
export class FrameReader {
  readonly #role: Role;
  readonly #limits: ReaderLimits;
  #chunk: Buffer = NOTHING;
  #at = 0;
  /** Start of a header that the end of a chunk has cut. */
  #carry: Buffer | undefined;
  #carriedBytes = 0;
  /** The message that fragments, or pieces of its only frame, are being collected for. */
  #message: MessageCollector | undefined;
  #cut: CutFrame | undefined;
  #source: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  #ascii = false;

  /** @param role which side reads: a server wants masked frames, a client unmasked ones (RFC 6455 §5.1). */
  constructor(role: Role, limits: ReaderLimits) {
    this.#role = role;
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    // Only after a listener threw in the midst of a chunk is there anything left of it.
    this.#chunk =
      this.#at < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
  }

  /**
   * Reads on to the next event.
   *
   * @returns `undefined` when the bytes pushed so far hold no further one.
   * @throws {ProtocolError} at the first fault; the reader is not to be used after that.
   */
  next(): FrameEvent | undefined {
    for (;;) {
      const event = this.#cut === undefined ? this.#readFrame() : this.#readCutFrame(this.#cut);
      if (event === undefined) this.#release();
      if (event !== "fragment") return event;
    }
  }

  /** The text of the event just read. */
  text(): string {
    return this.#source.toString(this.#ascii ? "latin1" : "utf8", this.#start, this.#end);
  }

  /** The payload of the event just read: a view, or a copy where a view would keep a much larger chunk in memory. */
  bytes(): Buffer {
    const view = this.#source.subarray(this.#start, this.#end);
    if (view.length * 2 >= view.buffer.byteLength) return view;
    const copy = Buffer.allocUnsafeSlow(view.length);
    view.copy(copy);
    return copy;
  }

  #readFrame(): FrameEvent | "fragment" | undefined {
    if (!this.#readHeader()) return undefined;
    this.#checkHeader();
    const { opcode, fin } = header;
    const start = this.#at;
    const end = start + header.length;
    if (end > this.#chunk.length) return this.#startCutFrame();

    this.#at = end;
    const or = header.masked ? applyMask(this.#chunk, start, end, header.key) : UNKNOWN;
    if (isControl(opcode)) return this.#deliver(opcode, this.#chunk, start, end, false);
    if (fin && this.#message === undefined) {
      const ascii = opcode === OPCODE.text && (isAsciiOr(or) || checkText(this.#chunk.subarray(start, end)));
      return this.#deliver(opcode, this.#chunk, start, end, ascii);
    }

    const message = (this.#message ??= new MessageCollector(opcode));
    message.append(this.#chunk, start, end, message.length + header.length);
    return this.#finishFragment(message, fin);
  }

  #readHeader(): boolean {
    const chunk = this.#chunk;
    if (this.#carry === undefined) {
      const size = header.read(chunk, this.#at, chunk.length);
      this.#at += size;
      if (size > 0) return true;
      if (this.#at === chunk.length) return false;
      this.#carry = Buffer.allocUnsafeSlow(HEADER_LIMIT_BYTES);
      this.#carriedBytes = 0;
    }
    const carry = this.#carry;
    while (this.#at < chunk.length) {
      carry[this.#carriedBytes++] = chunk[this.#at++] as number;
      if (header.read(carry, 0, this.#carriedBytes) > 0) {
        this.#carry = undefined;
        return true;
      }
    }
    return false;
  }

  #checkHeader(): void {
    const { opcode, length, masked } = header;
    // RFC 6455 §5.1: a server closes on an unmasked frame, a client on a masked one.
    if (masked !== (this.#role === "server"))
      throw new ProtocolError(masked ? "WS_ERR_UNEXPECTED_MASK" : "WS_ERR_EXPECTED_MASK");
    if (isControl(opcode)) return;

    const message = this.#message;
    // RFC 6455 §5.4: a continuation goes on with a message, and no other message comes in between.
    if ((opcode === OPCODE.continuation) !== (message !== undefined))
      throw new ProtocolError("WS_ERR_INVALID_OPCODE", { opcode });
    const total = length + (message?.length ?? 0);
    const { maxPayload, maxFragments } = this.#limits;
    if (total > maxPayload)
      throw new ProtocolError("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", { length: total, maxPayload });
    if (message !== undefined && message.fragments >= maxFragments)
      throw new ProtocolError("WS_ERR_TOO_MANY_BUFFERED_PARTS", { maxFragments });
  }

  #startCutFrame(): FrameEvent | "fragment" | undefined {
    const { opcode, fin, masked, key, length } = header;
    const collector = isControl(opcode)
      ? new MessageCollector(opcode)
      : (this.#message ??= new MessageCollector(opcode));
    this.#cut = { collector, fin, masked, key, leftBytes: length };
    return this.#readCutFrame(this.#cut);
  }

  #readCutFrame(cut: CutFrame): FrameEvent | "fragment" | undefined {
    const { collector } = cut;
    const start = this.#at;
    const end = Math.min(start + cut.leftBytes, this.#chunk.length);
    if (cut.masked) {
      applyMask(this.#chunk, start, end, cut.key);
      cut.key = rotateKey(cut.key, end - start);
    }
    collector.append(this.#chunk, start, end, collector.length + cut.leftBytes);
    cut.leftBytes -= end - start;
    this.#at = end;
    if (cut.leftBytes > 0) {
      if (collector.opcode === OPCODE.text) collector.checkUtf8();
      return undefined;
    }
    this.#cut = undefined;
    if (!isControl(collector.opcode)) return this.#finishFragment(collector, cut.fin);
    return this.#deliver(collector.opcode, collector.take(), 0, collector.length, false);
  }

  #finishFragment(message: MessageCollector, fin: boolean): FrameEvent | "fragment" | undefined {
    message.fragments++;
    if (message.opcode === OPCODE.text) message.checkUtf8();
    if (!fin) return "fragment";
    if (message.opcode === OPCODE.text && message.cutsCharacter)
      throw new ProtocolError("WS_ERR_INVALID_UTF8");
    this.#message = undefined;
    const bytes = message.take();
    return this.#deliver(
      message.opcode,
      bytes,
      0,
      bytes.length,
      message.opcode === OPCODE.text && isAscii(bytes),
    );
  }

  #deliver(
    opcode: number,
    source: Buffer,
    start: number,
    end: number,
    ascii: boolean,
  ): FrameEvent | undefined {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#ascii = ascii;
    return EVENT_BY_OPCODE[opcode];
  }

  // An idle connection keeps neither its latest chunk nor its latest message alive.
  #release(): void {
    this.#chunk = NOTHING;
    this.#at = 0;
    this.#source = NOTHING;
    this.#start = 0;
    this.#end = 0;
  }
}

/** @returns whether the text is ASCII and may be decoded the quick way. @throws {ProtocolError} `WS_ERR_INVALID_UTF8` */
function checkText(bytes: Buffer): boolean {
  if (isAscii(bytes)) return true;
  assertUtf8(bytes);
  return false;
}
