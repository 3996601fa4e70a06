import type { Duplex } from "node:stream";
import { type EventOf, inTurn, nextState, type StateOf } from "@towline/core";
import { ABNORMAL_CLOSURE, decodeClosePayload, encodeClosePayload } from "./close-code.ts";
import { type ConnectionLimits, type ConnectionOptions, connectionLimits } from "./connection-options.ts";
import { type ConnectionSink, SILENT_SINK } from "./connection-sink.ts";
import { CONNECTION } from "./connection-states.ts";
import { cutStream } from "./cut-stream.ts";
import type { DeflateAgreement } from "./deflate-negotiation.ts";
import { ConnectionError, ProtocolError } from "./errors.ts";
import { type FrameEvent, FrameReader } from "./frame-reader.ts";
import { maskKeysFrom, type NextMaskKey, nextMaskKey } from "./mask-keys.ts";
import type { MessageCollector } from "./message-collector.ts";
import { MessageInflater } from "./message-inflater.ts";
import { MessageSender, type OutgoingData } from "./message-sender.ts";
import { CONTROL_LIMIT_BYTES, FIN, OPCODE } from "./opcodes.ts";
import { Outbox, type OutboxOwner, type SendCallback } from "./outbox.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { Role } from "./reader-rules.ts";

const NO_DATA = Buffer.alloc(0);

/** Why nothing is read, though something may be there. Bits, for there may be more than one reason. */
const HOLD = { none: 0, paused: 1, resuming: 2, inflating: 4, nextTurn: 8 } as const;

/** The longest header a frame can have, mask included. */
const HEADER_BYTES = 14;

/** What is known of a connection's end, once it has begun. */
interface Ending {
  code: number;
  reason: string;
  error: Error | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** What the opening handshake hands on. */
export interface Opening {
  /** The subprotocol agreed on. */
  readonly protocol?: string | undefined;
  /** Bytes to send ahead of the first frame. */
  readonly answer?: Buffer | undefined;
  /** What was agreed on about compression. None is spoken without it. */
  readonly deflate?: DeflateAgreement | undefined;
}

/**
 * A WebSocket connection whose opening handshake is done (RFC 6455 §5 to §7), on any duplex stream.
 *
 * Takes the stream over: reads it, writes it, ends it. What is sent in one tick goes out in one write at its end.
 */
export class Connection implements OutboxOwner {
  /** Who is told. May be exchanged at any time. */
  sink: ConnectionSink;
  /** The subprotocol agreed on, or "". */
  readonly protocol: string;
  readonly #socket: Duplex;
  readonly #role: Role;
  readonly #limits: ConnectionLimits;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  /** There once something was sent that takes more than framing, or compression was agreed on. */
  #sender: MessageSender | undefined;
  /** There when compression was agreed on. */
  readonly #inflater: MessageInflater | undefined;
  #state: StateOf<typeof CONNECTION> = CONNECTION.initial;
  #holds: number = HOLD.none;
  #ending: Ending | undefined;

  /**
   * @param role "server" reads masked frames and sends unmasked ones, "client" the other way round.
   * @throws {TypeError} when an option is invalid.
   */
  constructor(
    socket: Duplex,
    role: Role,
    options: ConnectionOptions = {},
    sink: ConnectionSink = SILENT_SINK,
    opening: Opening = {},
  ) {
    this.#limits = connectionLimits(options);
    this.sink = sink;
    this.protocol = opening.protocol ?? "";
    this.#socket = socket;
    this.#role = role;
    const { deflate } = opening;
    this.#inflater = deflate && new MessageInflater(role, deflate, this.#limits);
    this.#reader = new FrameReader(role, this.#limits, deflate !== undefined);
    this.#outbox = new Outbox(socket, maskKeys(role, this.#limits), this);
    if (opening.answer !== undefined) this.#outbox.raw(opening.answer);
    if (deflate !== undefined) this.#sender = this.#newSender(deflate);
    this.#takeOver(socket);
  }

  get state(): StateOf<typeof CONNECTION> {
    return this.#state;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Whether permessage-deflate was agreed on. */
  get isCompressing(): boolean {
    return this.#inflater !== undefined;
  }

  /** Whether `pause` has stopped it. */
  get isPaused(): boolean {
    return (this.#holds & HOLD.paused) !== 0;
  }

  /** Bytes that wait to be taken by the kernel, frame headers included. What is yet to be compressed counts as it is. */
  get bufferedAmount(): number {
    return this.#outbox.bytes + (this.#sender?.bytes ?? 0);
  }

  /** Whether the kernel has not yet taken all that was sent before this turn, or some of it is still being compressed. */
  get isBehind(): boolean {
    return this.#outbox.isBehind || (this.#sender?.bytes ?? 0) > 0;
  }

  /**
   * Sends a text message; does nothing unless the connection is open. A lone surrogate goes out as U+FFFD.
   *
   * @param callback called when the message is with the kernel, or with what prevented that.
   */
  sendText(text: string, callback?: SendCallback): void {
    if (this.#sender !== undefined) this.#sendBytes(OPCODE.text, Buffer.from(text), callback);
    else if (this.#admitsText(text, callback)) {
      this.#outbox.text(text);
      if (callback !== undefined) this.#outbox.whenFlushed(callback);
    }
  }

  /** Sends a text message whose UTF-8 bytes are at hand, and valid. See `sendBinary`. */
  sendTextBytes(data: Uint8Array, callback?: SendCallback): void {
    this.#sendBytes(OPCODE.text, data, callback);
  }

  /** Sends a binary message; does nothing unless open. Do not change `data` afterwards: large data is not copied. */
  sendBinary(data: Uint8Array, callback?: SendCallback): void {
    this.#sendBytes(OPCODE.binary, data, callback);
  }

  /** Sends a message, or a fragment of one, in any of the ways there are; does nothing unless open. */
  send(message: OutgoingData, callback?: SendCallback): void {
    const { data, fin } = message;
    this.#sender ??= this.#newSender();
    const { unfinished } = this.#sender;
    // The rest of a message goes the way of its beginning: else it would be taken for the end of another.
    if (unfinished === "dropped") refuse(callback, () => new ConnectionError("WS_ERR_MESSAGE_DROPPED"));
    else if (
      this.#admits(data instanceof Blob ? data.size : data.length, callback, unfinished === undefined)
    ) {
      this.#sender.send(message, callback);
      return;
    }
    this.#sender.skip(fin);
  }

  /** Sends a message made by `prepareText` or `prepareBinary`; does nothing unless open. */
  sendPrepared(message: PreparedMessage, callback?: SendCallback): void {
    const sender = this.#sender;
    if (sender?.unfinished !== undefined) {
      const { opcode, payload } = message;
      this.send({ opcode, data: payload, fin: true, compress: true }, callback);
    } else if (!this.#admits(message.frame.length, callback)) return;
    else if (sender !== undefined) sender.sendPrepared(message, callback);
    else {
      this.#outbox.prepared(message);
      if (callback !== undefined) this.#outbox.whenFlushed(callback);
    }
  }

  /** Sends a ping (RFC 6455 §5.5.2); does nothing unless open. @throws {RangeError} when `data` is over 125 bytes. */
  ping(data: Uint8Array = NO_DATA, callback?: SendCallback): void {
    this.#sendControl(OPCODE.ping, data, callback);
  }

  /** Sends an unasked-for pong (RFC 6455 §5.5.3). Pings are answered without it. @throws {RangeError} over 125 bytes. */
  pong(data: Uint8Array = NO_DATA, callback?: SendCallback): void {
    this.#sendControl(OPCODE.pong, data, callback);
  }

  /** Reads nothing any more, so that the peer has to wait, until `resume`. */
  pause(): void {
    this.#hold(HOLD.paused);
  }

  resume(): void {
    if (!this.isPaused) return;
    // Not here and now: it may be a listener who resumes, and the event that it was called for is not over.
    this.#holds = (this.#holds & ~HOLD.paused) | HOLD.resuming;
    process.nextTick(() => this.#release(HOLD.resuming));
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2). What was sent before goes out first; messages still come in
   * until the peer's close frame. Does nothing unless open.
   *
   * @param code 1000-1003, 1007-1014 or 3000-4999; none sends a close frame without a status.
   * @param reason at most 123 bytes in UTF-8.
   * @throws {TypeError} for a code that must not be sent, or a reason without a code.
   * @throws {RangeError} for a reason that is too long.
   */
  close(code?: number, reason?: string): void {
    const payload = encodeClosePayload(code, reason);
    if (!this.#fire("close")) return;
    this.#sendClose(payload);
    this.#limitClosing();
  }

  /** Cuts the connection: nothing more is read, what is queued is lost. `onClose` follows with 1006. */
  terminate(): void {
    if (this.#state === "closed") return;
    this.#fire("fail");
    // While reading was held, the stream's own end may have been put off.
    if (this.#socket.closed) process.nextTick(() => this.#onSocketClose());
    else cutStream(this.#socket);
  }

  /** For the outbox. */
  onOutboxFlushed(wasBehind: boolean): void {
    if (wasBehind) this.sink.onDrain?.();
    if (this.#sender === undefined || this.#sender.isIdle) this.sink.onFlushed?.();
  }

  #takeOver(socket: Duplex): void {
    if ("setTimeout" in socket && typeof socket.setTimeout === "function") socket.setTimeout(0);
    if ("setNoDelay" in socket && typeof socket.setNoDelay === "function") socket.setNoDelay();
    // What is still to be sent when the peer has said its last is sent.
    socket.allowHalfOpen = true;
    socket.on("error", ignore);
    // One function for three events, bound: that is the least that a connection can keep.
    const onStream = this.#onStream.bind(this);
    socket.on("data", onStream);
    socket.on("end", onStream);
    socket.on("close", onStream);
    // The peer left before we came: these events have been and gone.
    if (socket.closed || socket.readableEnded) process.nextTick(onStream);
  }

  /** Only "data" gives a chunk, and after "close" the stream is destroyed. */
  #onStream(chunk?: Buffer | boolean): void {
    if (typeof chunk === "object") this.#onChunk(chunk);
    else if (this.#socket.destroyed) this.#onSocketClose();
    else this.#onPeerEnd();
  }

  #onChunk(chunk: Buffer): void {
    if (!this.#isReading()) return;
    this.#reader.push(chunk);
    this.#read();
  }

  /** Reads on until there is nothing more, or a reason to wait. */
  #read(): void {
    let hasFailed = true;
    try {
      while (this.#holds === HOLD.none) {
        const message = this.#inflater?.takeReady();
        if (message !== undefined) this.#onInflated(message);
        else {
          const event = this.#next();
          if (event === undefined) break;
          this.#onFrame(event);
        }
      }
      hasFailed = false;
    } finally {
      // A listener threw. That is its owner's affair, and what has come after is still delivered.
      if (hasFailed) process.nextTick(() => this.#release(HOLD.none));
    }
  }

  #isReading(): boolean {
    return this.#state === "open" || this.#state === "closing";
  }

  /** The next event, unless there is none, or a fault has just ended the reading. */
  #next(): FrameEvent | undefined {
    if (!this.#isReading()) return undefined;
    try {
      const event = this.#reader.next(this.#inflater !== undefined && this.sink.wantsFragments === true);
      if (event === "close") this.#onCloseFrame(this.#reader.bytes());
      return event;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
      return undefined;
    }
  }

  #onFrame(event: FrameEvent): void {
    const { sink } = this;
    const reader = this.#reader;
    if (event === "compressed") {
      this.#inflate();
      return;
    }
    if (!this.#limits.allowSynchronousEvents) this.#holdUntilNextTurn();
    if (event === "text") {
      if (sink.onTextBytes === undefined) sink.onText(reader.text());
      else sink.onTextBytes(reader.bytes());
    } else if (event === "binary") {
      if (sink.wantsFragments === true) sink.onFragments?.(reader.fragments());
      else sink.onBinary(reader.bytes());
    } else if (event === "ping") this.#onPing(reader.bytes());
    else if (event === "pong") sink.onPong?.(reader.bytes());
  }

  #onPing(data: Buffer): void {
    // RFC 6455 §5.5.3: the pong carries the ping's data. §5.5.1: nothing follows our close frame.
    if (this.#state === "open" && this.#limits.autoPong)
      this.#outbox.pong(data, this.#limits.maxPendingAutoPongs);
    this.sink.onPing?.(data);
  }

  // RFC 6455 §5.5.1: answer a close frame with the same, unless ours has gone out, and read nothing after it.
  #onCloseFrame(payload: Buffer): void {
    const { code, reason } = decodeClosePayload(payload);
    const ending = this.#endingOf();
    ending.code = code;
    ending.reason = reason;
    if (this.#state === "open") this.#sendClose(payload);
    this.#fire("peerClose");
    this.#end();
  }

  #inflate(): void {
    this.#hold(HOLD.inflating);
    this.#inflater?.push(this.#reader.bytes(), this.#reader, (error) => {
      if (!this.#isReading()) return;
      if (error !== undefined) this.#fail(error);
      else this.#release(HOLD.inflating);
    });
  }

  #onInflated(message: MessageCollector): void {
    const { sink } = this;
    if (!this.#limits.allowSynchronousEvents) this.#holdUntilNextTurn();
    const bytes = message.take();
    if (message.opcode === OPCODE.text) {
      if (sink.onTextBytes === undefined) sink.onText(bytes.toString());
      else sink.onTextBytes(bytes);
    } else if (sink.wantsFragments === true) sink.onFragments?.(message.fragments());
    else sink.onBinary(bytes);
  }

  #hold(reason: number): void {
    if (!this.#isReading()) return;
    if (this.#holds === HOLD.none) this.#socket.pause();
    this.#holds |= reason;
  }

  #release(reason: number): void {
    this.#holds &= ~reason;
    if (this.#holds !== HOLD.none) return;
    try {
      this.#read();
    } finally {
      if (this.#holds === HOLD.none) this.#readOn();
    }
  }

  /** All that has come is read. What has happened to the socket meanwhile is due. */
  #readOn(): void {
    if (this.#socket.closed) this.#onSocketClose();
    else if (this.#socket.readableEnded) this.#onPeerEnd();
    else this.#socket.resume();
  }

  #holdUntilNextTurn(): void {
    this.#hold(HOLD.nextTurn);
    setImmediate(() => this.#release(HOLD.nextTurn));
  }

  /** The peer will say nothing more. So do we, once all is sent, unless there is something of the peer's to be read. */
  #onPeerEnd(): void {
    if (this.#isReading() && this.#holds !== HOLD.none) return;
    this.#fire("peerEnd");
    this.#limitClosing();
    this.#inTurn(() => this.#outbox.end());
  }

  #fail(error: ProtocolError): void {
    this.#endingOf().error ??= error;
    this.#sender?.abandon(notOpen);
    if (this.#state === "open") this.#sendClose(encodeClosePayload(error.closeCode, error.message));
    this.#fire("fail");
    this.#end();
  }

  #end(): void {
    this.#limitClosing();
    // Nothing is read any more, but the peer's end has to be seen.
    this.#inflater?.close();
    this.#holds = HOLD.none;
    this.#readOn();
    // RFC 6455 §7.1.1: the server closes TCP first. A client waits for that, unless it is the one who found a fault.
    if (this.#role === "server" || this.#ending?.error !== undefined) this.#inTurn(() => this.#outbox.end());
  }

  #sendBytes(opcode: number, data: Uint8Array, callback: SendCallback | undefined): void {
    if (this.#sender !== undefined) this.send({ opcode, data, fin: true, compress: true }, callback);
    else if (this.#admits(data.length, callback)) {
      this.#outbox.frame(FIN | opcode, data);
      if (callback !== undefined) this.#outbox.whenFlushed(callback);
    }
  }

  #sendClose(payload: Uint8Array): void {
    this.#inTurn(() => this.#outbox.frame(FIN | OPCODE.close, payload));
  }

  #sendControl(opcode: number, data: Uint8Array, callback: SendCallback | undefined): void {
    if (data.length > CONTROL_LIMIT_BYTES)
      throw new RangeError(`A ping or pong carries at most 125 bytes, got ${data.length}`);
    if (!this.#admits(data.length, callback)) return;
    this.#inTurn(() => this.#outbox.frame(FIN | opcode, data), callback);
  }

  /** Runs `step` once all that was sent before is in the outbox. */
  #inTurn(step: () => void, callback?: SendCallback): void {
    if (this.#sender !== undefined) this.#sender.inTurn(step, callback);
    else {
      step();
      if (callback !== undefined) this.#outbox.whenFlushed(callback);
    }
  }

  /**
   * Whether a message may be sent. When not, its callback hears why.
   *
   * @param bytes at most this many.
   * @param mayDrop whether it may be left out.
   */
  #admits(bytes: number, callback: SendCallback | undefined, mayDrop = true): boolean {
    if (this.#state !== "open") {
      refuse(callback, notOpen);
      return false;
    }
    const { maxBufferedAmount } = this.#limits;
    if (this.bufferedAmount + bytes + HEADER_BYTES <= maxBufferedAmount) return true;
    return this.#admitsBeyond(bytes, callback, mayDrop);
  }

  // UTF-8 takes three bytes at most for each UTF-16 unit: only near the limit it is counted.
  #admitsText(text: string, callback: SendCallback | undefined): boolean {
    const roomBytes = this.#limits.maxBufferedAmount - this.bufferedAmount - HEADER_BYTES;
    if (this.#state === "open" && text.length * 3 <= roomBytes) return true;
    return this.#admits(Buffer.byteLength(text), callback);
  }

  #admitsBeyond(bytes: number, callback: SendCallback | undefined, mayDrop: boolean): boolean {
    const { onBufferFull } = this.#limits;
    const subject = (this.sink.subject ?? this) as never;
    const policy = onBufferFull?.(subject, this.bufferedAmount, bytes) ?? "close";
    if (policy === "send" || (policy === "drop" && !mayDrop)) return true;
    const code = policy === "drop" ? "WS_ERR_MESSAGE_DROPPED" : "WS_ERR_SEND_BUFFER_FULL";
    const error = new ConnectionError(code);
    refuse(callback, () => error);
    if (policy !== "drop") this.#cut(error);
    return false;
  }

  #cut(error: Error): void {
    this.#endingOf().error ??= error;
    this.terminate();
  }

  #newSender(deflate?: DeflateAgreement): MessageSender {
    return new MessageSender(this.#outbox, this.#role, deflate, (error) => this.#cut(error));
  }

  #endingOf(): Ending {
    this.#ending ??= { code: ABNORMAL_CLOSURE, reason: "", error: undefined, timer: undefined };
    return this.#ending;
  }

  #limitClosing(): void {
    const late = () => this.#cut(new ConnectionError("WS_ERR_CLOSE_TIMEOUT"));
    this.#endingOf().timer ??= setTimeout(late, this.#limits.closeTimeout);
  }

  #onSocketClose(): void {
    // Where nothing went wrong, what came before the end is still to be read.
    if (this.#isReading() && this.#holds !== HOLD.none && !this.#socket.errored) return;
    if (!this.#fire("lost")) return;
    const { code, reason, error = this.#socket.errored ?? undefined, timer } = this.#endingOf();
    clearTimeout(timer);
    this.#inflater?.close();
    const whyUnsent = () => error ?? notOpen();
    inTurn(
      () => this.#sender?.abandon(whyUnsent),
      () => this.#outbox.abandon(whyUnsent),
      // With both close frames exchanged the connection ended well, however TCP took it.
      () => this.sink.onClose(code, reason, code === ABNORMAL_CLOSURE ? error : undefined),
    );
  }

  #fire(event: EventOf<typeof CONNECTION>): boolean {
    const state = nextState(CONNECTION, this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}

function maskKeys(role: Role, { generateMask }: ConnectionLimits): NextMaskKey | undefined {
  if (role === "server") return undefined;
  return generateMask === undefined ? nextMaskKey : maskKeysFrom(generateMask);
}

const notOpen = () => new ConnectionError("WS_ERR_NOT_OPEN");

function refuse(callback: SendCallback | undefined, why: () => Error): void {
  if (callback !== undefined) process.nextTick(callback, why());
}

function ignore(): void {
  // The stream remembers what went wrong, and `close` follows.
}
