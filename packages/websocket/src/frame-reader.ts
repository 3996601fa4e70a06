import { ProtocolError } from "./errors.ts";
import { FrameHeader, HEADER_LIMIT_BYTES } from "./frame-header.ts";
import { applyMask, isAsciiOr, rotateKey } from "./mask.ts";
import { cutAt, MessageCollector } from "./message-collector.ts";
import { isControl, OPCODE } from "./opcodes.ts";
import { type ReaderLimits, type ReaderRules, type Role, rulesOf } from "./reader-rules.ts";
import { assertUtf8, isAscii } from "./utf8.ts";

/** What a reader found: a whole message, a piece of one that has to be inflated, or a control frame. */
export type FrameEvent = "text" | "binary" | "compressed" | "ping" | "pong" | "close";

const EVENT_BY_OPCODE: readonly (FrameEvent | undefined)[] = Object.assign(new Array(16).fill(undefined), {
  [OPCODE.text]: "text",
  [OPCODE.binary]: "binary",
  [OPCODE.close]: "close",
  [OPCODE.ping]: "ping",
  [OPCODE.pong]: "pong",
});

const NOTHING: Buffer = Buffer.alloc(0);
/** A view may keep this much alive: no more than a buffer out of Node's own pool does. */
const SMALL_CHUNK_BYTES = 0x2000;
const NO_ENDS: readonly number[] = [];

/** Stands for the OR of bytes nobody went over: not known to be ASCII. */
const UNKNOWN = -1;

// One for all readers: a header is used up before `next` returns.
const header = new FrameHeader();

// What `next` found last, one for all readers as well: it is asked for before the following `next`, of whichever reader.
const found = {
  source: NOTHING,
  start: 0,
  end: 0,
  ascii: false,
  opcode: 0,
  endsFrame: false,
  isLast: false,
  fragmentEnds: NO_ENDS,
};

/** The start of a header that the end of a chunk has cut. */
interface CutHeader {
  readonly bytes: Buffer;
  length: number;
}

/** A frame whose payload the end of a chunk has cut. */
interface CutFrame {
  readonly collector: MessageCollector;
  readonly fin: boolean;
  readonly masked: boolean;
  key: number;
  leftBytes: number;
  chunks: number;
}

/**
 * Reads frames (RFC 6455 §5) out of chunks of any size. Pull it: `push` a chunk, then call `next` until it gives
 * `undefined`. What an event carries is had from `text()`, `bytes()` or `fragments()` before the following `next`.
 *
 * Of a compressed message it gives the pieces, a chunk's worth at most: what they are once inflated is not its affair.
 *
 * Unmasks in place, so the chunk is the reader's once pushed. A frame that lies whole in a chunk is not copied.
 */
export class FrameReader {
  readonly #rules: ReaderRules;
  #chunk: Buffer = NOTHING;
  #at = 0;
  #carry: CutHeader | undefined;
  /** The message that fragments, or pieces of its only frame, are being collected for. */
  #message: MessageCollector | undefined;
  #cut: CutFrame | undefined;

  /**
   * @param role which side reads: a server wants masked frames, a client unmasked ones (RFC 6455 §5.1).
   * @param mayCompress whether permessage-deflate was agreed on.
   */
  constructor(role: Role, limits: ReaderLimits, mayCompress = false) {
    this.#rules = rulesOf(role, limits, mayCompress);
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
   * @param frameByFrame whether the pieces of a compressed message are to end where its frames do.
   * @returns `undefined` when the bytes pushed so far hold no further one.
   * @throws {ProtocolError} at the first fault; the reader is not to be used after that.
   */
  next(frameByFrame = false): FrameEvent | undefined {
    for (;;) {
      const event = this.#cut === undefined ? this.#readFrame() : this.#readCutFrame(this.#cut);
      if (event === undefined) return this.#endChunk();
      if (event !== "fragment") return event;
      // Where frames are not told apart, those of one chunk are inflated in one go.
      if (frameByFrame && this.#hasPiece()) return this.#drainPiece(true);
    }
  }

  /** Whether the compressed piece just read is of a text message. */
  get isText(): boolean {
    return found.opcode === OPCODE.text;
  }

  /** Whether the compressed piece just read is the end of what its frame carries. */
  get endsFrame(): boolean {
    return found.endsFrame;
  }

  /** Whether the compressed piece just read is the last one of its message. */
  get isLast(): boolean {
    return found.isLast;
  }

  /** The text of the event just read. */
  text(): string {
    return found.source.toString(found.ascii ? "latin1" : "utf8", found.start, found.end);
  }

  /** The payload of the event just read: a view, or a copy where a view would keep a much larger chunk in memory. */
  bytes(): Buffer {
    const { byteLength } = found.source.buffer;
    if (byteLength <= SMALL_CHUNK_BYTES || (found.end - found.start) * 2 >= byteLength)
      return found.source.subarray(found.start, found.end);
    const copy = Buffer.allocUnsafe(found.end - found.start);
    found.source.copy(copy, 0, found.start, found.end);
    return copy;
  }

  /** The same, cut where the frames were cut that it came in. */
  fragments(): Buffer[] {
    return cutAt(this.bytes(), found.fragmentEnds);
  }

  #readFrame(): FrameEvent | "fragment" | undefined {
    const headerStart = this.#at;
    try {
      if (!this.#readHeader()) return undefined;
      this.#checkHeader();
    } catch (error) {
      if (!this.#hasPiece()) throw error;
      return this.#drainPieceBefore(headerStart);
    }
    const { opcode, fin } = header;
    if (isControl(opcode) && this.#hasPiece()) return this.#drainPieceBefore(headerStart);
    const start = this.#at;
    const end = start + header.length;
    if (end > this.#chunk.length) return this.#startCutFrame();

    this.#at = end;
    const or = header.masked ? applyMask(this.#chunk, start, end, header.key) : UNKNOWN;
    if (isControl(opcode)) return this.#deliver(opcode, this.#chunk, start, end, false);
    if (fin && this.#message === undefined) {
      if (header.compressed) return this.#deliverPiece(opcode, this.#chunk, start, end, true);
      const ascii = opcode === OPCODE.text && (isAsciiOr(or) || this.#checkText(start, end));
      return this.#deliver(opcode, this.#chunk, start, end, ascii);
    }

    const message = (this.#message ??= new MessageCollector(opcode, header.compressed));
    message.append(this.#chunk, start, end, fin ? message.length + header.length : Number.POSITIVE_INFINITY);
    return this.#finishFragment(message, fin);
  }

  #readHeader(): boolean {
    const chunk = this.#chunk;
    if (this.#carry === undefined) {
      const size = header.read(chunk, this.#at, chunk.length, this.#rules.mayCompress);
      this.#at += size;
      if (size > 0) return true;
      if (this.#at === chunk.length) return false;
      this.#carry = { bytes: Buffer.allocUnsafeSlow(HEADER_LIMIT_BYTES), length: 0 };
    }
    const carry = this.#carry;
    while (this.#at < chunk.length) {
      carry.bytes[carry.length++] = chunk[this.#at++] as number;
      if (header.read(carry.bytes, 0, carry.length, this.#rules.mayCompress) > 0) {
        this.#carry = undefined;
        return true;
      }
    }
    return false;
  }

  #checkHeader(): void {
    const { opcode, length, masked } = header;
    // RFC 6455 §5.1: a server closes on an unmasked frame, a client on a masked one.
    if (masked !== this.#rules.masked)
      throw new ProtocolError(masked ? "WS_ERR_UNEXPECTED_MASK" : "WS_ERR_EXPECTED_MASK");
    if (isControl(opcode)) return;

    const message = this.#message;
    // RFC 6455 §5.4: a continuation goes on with a message, and no other message comes in between.
    if ((opcode === OPCODE.continuation) !== (message !== undefined))
      throw new ProtocolError("WS_ERR_INVALID_OPCODE", { opcode });
    const total = length + (message?.received ?? 0);
    const { maxPayload, maxFragments } = this.#rules.limits;
    if (total > maxPayload)
      throw new ProtocolError("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", { length: total, maxPayload });
    if (message !== undefined && message.fragmentCount >= maxFragments)
      throw new ProtocolError("WS_ERR_TOO_MANY_BUFFERED_PARTS", { maxFragments });
  }

  #startCutFrame(): FrameEvent | "fragment" | undefined {
    const { opcode, fin, masked, key, length, compressed } = header;
    const collector = isControl(opcode)
      ? new MessageCollector(opcode)
      : (this.#message ??= new MessageCollector(opcode, compressed));
    this.#cut = { collector, fin, masked, key, leftBytes: length, chunks: 0 };
    return this.#readCutFrame(this.#cut);
  }

  #readCutFrame(cut: CutFrame): FrameEvent | "fragment" | undefined {
    const { collector } = cut;
    const start = this.#at;
    const end = Math.min(start + cut.leftBytes, this.#chunk.length);
    if (start === end && cut.leftBytes > 0) return undefined;
    if (cut.masked) {
      applyMask(this.#chunk, start, end, cut.key);
      cut.key = rotateKey(cut.key, end - start);
    }
    collector.append(
      this.#chunk,
      start,
      end,
      cut.fin ? collector.length + cut.leftBytes : Number.POSITIVE_INFINITY,
    );
    cut.leftBytes -= end - start;
    this.#at = end;
    if (cut.leftBytes > 0) {
      const { maxBufferedChunks } = this.#rules.limits;
      if (++cut.chunks > maxBufferedChunks)
        throw new ProtocolError("WS_ERR_TOO_MANY_BUFFERED_PARTS", { maxBufferedChunks });
      this.#checkArrived(collector);
      return undefined;
    }
    this.#cut = undefined;
    if (!isControl(collector.opcode)) return this.#finishFragment(collector, cut.fin);
    return this.#deliver(collector.opcode, collector.take(), 0, collector.length, false);
  }

  #finishFragment(message: MessageCollector, fin: boolean): FrameEvent | "fragment" | undefined {
    message.endFragment();
    this.#checkArrived(message);
    if (!fin) return "fragment";
    this.#message = undefined;
    if (message.compressed)
      return this.#deliverPiece(message.opcode, message.take(), 0, message.length, true);
    const isText = message.opcode === OPCODE.text;
    if (isText && !this.#rules.limits.skipUTF8Validation && message.cutsCharacter)
      throw new ProtocolError("WS_ERR_INVALID_UTF8");
    const bytes = message.take();
    const event = this.#deliver(message.opcode, bytes, 0, bytes.length, isText && isAscii(bytes));
    found.fragmentEnds = message.fragmentEnds;
    return event;
  }

  /** Text is checked as it arrives, so that a fault is not found at its end only. */
  #checkArrived(message: MessageCollector): void {
    if (message.opcode === OPCODE.text && !message.compressed && !this.#rules.limits.skipUTF8Validation)
      message.checkUtf8();
  }

  /** @returns whether the text is ASCII and may be decoded the quick way. @throws {ProtocolError} `WS_ERR_INVALID_UTF8` */
  #checkText(start: number, end: number): boolean {
    const bytes = this.#chunk.subarray(start, end);
    if (isAscii(bytes)) return true;
    if (!this.#rules.limits.skipUTF8Validation) assertUtf8(bytes);
    return false;
  }

  #deliver(
    opcode: number,
    source: Buffer,
    start: number,
    end: number,
    ascii: boolean,
  ): FrameEvent | undefined {
    found.source = source;
    found.start = start;
    found.end = end;
    found.ascii = ascii;
    found.fragmentEnds = NO_ENDS;
    return EVENT_BY_OPCODE[opcode];
  }

  #deliverPiece(opcode: number, source: Buffer, start: number, end: number, isLast: boolean): FrameEvent {
    this.#deliver(opcode, source, start, end, false);
    found.opcode = opcode;
    found.isLast = isLast;
    found.endsFrame = isLast;
    return "compressed";
  }

  /** What has come of a compressed message so far can be inflated while the rest is on its way. */
  #endChunk(): FrameEvent | undefined {
    if (this.#hasPiece()) return this.#drainPiece(this.#cut === undefined);
    this.#release();
    return undefined;
  }

  #hasPiece(): boolean {
    return this.#message?.compressed === true && this.#message.length > 0;
  }

  /** What came first is first inflated. A header of which a part came in an earlier chunk has nothing before it. */
  #drainPieceBefore(headerStart: number): FrameEvent {
    this.#at = headerStart;
    return this.#drainPiece(true);
  }

  #drainPiece(endsFrame: boolean): FrameEvent {
    const message = this.#message as MessageCollector;
    const piece = message.drain();
    const event = this.#deliverPiece(message.opcode, piece, 0, piece.length, false);
    found.endsFrame = endsFrame;
    return event;
  }

  // An idle connection keeps neither its latest chunk nor its latest message alive.
  #release(): void {
    this.#chunk = NOTHING;
    this.#at = 0;
    found.source = NOTHING;
    found.start = 0;
    found.end = 0;
    found.fragmentEnds = NO_ENDS;
  }
}
