import type { Duplex } from "node:stream";
import { type EventOf, nextState, type StateOf } from "@towline/core";
import { ABNORMAL_CLOSURE, decodeClosePayload, encodeClosePayload } from "./close-code.ts";
import { type ConnectionLimits, type ConnectionOptions, connectionLimits } from "./connection-options.ts";
import { type ConnectionSink, SILENT_SINK } from "./connection-sink.ts";
import { CONNECTION } from "./connection-states.ts";
import { ConnectionError, ProtocolError } from "./errors.ts";
import { type FrameEvent, FrameReader, type Role } from "./frame-reader.ts";
import { CONTROL_LIMIT_BYTES, OPCODE } from "./opcodes.ts";
import { Outbox } from "./outbox.ts";
import type { PreparedFrame } from "./prepared-frame.ts";

const NO_DATA = Buffer.alloc(0);

/**
 * A WebSocket connection whose opening handshake is done (RFC 6455 §5 to §7), on any duplex stream.
 *
 * Takes the stream over: reads it, writes it, ends it. What is sent in one tick goes out in one write at its end.
 */
export class Connection {
  /** Who is told. May be exchanged at any time. */
  sink: ConnectionSink;
  /** The subprotocol agreed on, or "". */
  readonly protocol: string;
  readonly #socket: Duplex;
  readonly #role: Role;
  readonly #limits: ConnectionLimits;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  #state: StateOf<typeof CONNECTION> = CONNECTION.initial;
  #closeCode = ABNORMAL_CLOSURE;
  #closeReason = "";
  #error: Error | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  /**
   * @param role "server" reads masked frames and sends unmasked ones, "client" the other way round.
   * @param opening what `acceptUpgrade` hands on: the agreed subprotocol, and bytes to send ahead of the first frame.
   * @throws {TypeError} when an option is invalid.
   */
  constructor(
    socket: Duplex,
    role: Role,
    options: ConnectionOptions = {},
    sink: ConnectionSink = SILENT_SINK,
    opening: { readonly protocol?: string; readonly answer?: Buffer } = {},
  ) {
    this.#limits = connectionLimits(options);
    this.sink = sink;
    this.protocol = opening.protocol ?? "";
    this.#socket = socket;
    this.#role = role;
    this.#reader = new FrameReader(role, this.#limits);
    this.#outbox = new Outbox(socket, role === "client", () => this.sink.onDrain?.());
    if (opening.answer !== undefined) this.#outbox.raw(opening.answer);
    this.#takeOver(socket);
  }

  get state(): StateOf<typeof CONNECTION> {
    return this.#state;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Bytes that wait to be taken by the kernel, frame headers included. */
  get bufferedAmount(): number {
    return this.#outbox.bytes;
  }

  /** Sends a text message; does nothing unless the connection is open. A lone surrogate goes out as U+FFFD. */
  sendText(text: string): void {
    if (this.#state !== "open") return;
    this.#outbox.text(text);
    this.#checkBuffered();
  }

  /** Sends a text message whose UTF-8 bytes are at hand, and valid; does nothing unless open. See `sendBinary`. */
  sendTextBytes(data: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#outbox.binary(OPCODE.text, data);
    this.#checkBuffered();
  }

  /** Sends a binary message; does nothing unless open. Do not change `data` afterwards: large data is not copied. */
  sendBinary(data: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#outbox.binary(OPCODE.binary, data);
    this.#checkBuffered();
  }

  /** Sends a message framed by `prepareText` or `prepareBinary`; does nothing unless open. */
  sendPrepared(frame: PreparedFrame): void {
    if (this.#state !== "open") return;
    this.#outbox.prepared(frame);
    this.#checkBuffered();
  }

  /** Sends a ping (RFC 6455 §5.5.2); does nothing unless open. @throws {RangeError} when `data` is over 125 bytes. */
  ping(data: Uint8Array = NO_DATA): void {
    this.#sendControl(OPCODE.ping, data);
  }

  /** Sends an unasked-for pong (RFC 6455 §5.5.3). Pings are answered without it. @throws {RangeError} over 125 bytes. */
  pong(data: Uint8Array = NO_DATA): void {
    this.#sendControl(OPCODE.pong, data);
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
    this.#outbox.binary(OPCODE.close, payload);
    this.#limitClosing();
  }

  /** Cuts the connection: nothing more is read, what is queued is lost. `onClose` follows with 1006. */
  terminate(): void {
    if (this.#state === "closed") return;
    this.#fire("fail");
    this.#socket.destroy();
  }

  #takeOver(socket: Duplex): void {
    if ("setTimeout" in socket && typeof socket.setTimeout === "function") socket.setTimeout(0);
    if ("setNoDelay" in socket && typeof socket.setNoDelay === "function") socket.setNoDelay();
    socket.on("error", ignore);
    socket.on("end", endOwnSide);
    socket.on("data", (chunk: Buffer) => this.#onChunk(chunk));
    socket.on("close", () => this.#onSocketClose());
    // The peer left before we came: these events have been and gone.
    if (socket.closed) process.nextTick(() => this.#onSocketClose());
    else if (socket.readableEnded) process.nextTick(endOwnSide.bind(socket));
  }

  #onChunk(chunk: Buffer): void {
    if (!this.#isReading()) return;
    this.#reader.push(chunk);
    for (let event = this.#next(); event !== undefined; event = this.#next()) this.#onFrame(event);
  }

  #isReading(): boolean {
    return this.#state === "open" || this.#state === "closing";
  }

  /** The next event, unless there is none, or a fault has just ended the reading. */
  #next(): FrameEvent | undefined {
    if (!this.#isReading()) return undefined;
    try {
      const event = this.#reader.next();
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
    if (event === "text") {
      if (sink.onTextBytes === undefined) sink.onText(this.#reader.text());
      else sink.onTextBytes(this.#reader.bytes());
    } else if (event === "binary") sink.onBinary(this.#reader.bytes());
    else if (event === "ping") this.#onPing(this.#reader.bytes());
    else if (event === "pong") sink.onPong?.(this.#reader.bytes());
  }

  #onPing(data: Buffer): void {
    // RFC 6455 §5.5.3: the pong carries the ping's data. §5.5.1: nothing follows our close frame.
    if (this.#state === "open") this.#outbox.pong(data);
    this.sink.onPing?.(data);
  }

  // RFC 6455 §5.5.1: answer a close frame with the same, unless ours has gone out, and read nothing after it.
  #onCloseFrame(payload: Buffer): void {
    const { code, reason } = decodeClosePayload(payload);
    this.#closeCode = code;
    this.#closeReason = reason;
    if (this.#state === "open") this.#outbox.binary(OPCODE.close, payload);
    this.#fire("peerClose");
    this.#end();
  }

  #fail(error: ProtocolError): void {
    this.#error = error;
    if (this.#state === "open")
      this.#outbox.binary(OPCODE.close, encodeClosePayload(error.closeCode, error.message));
    this.#fire("fail");
    this.#end();
  }

  #end(): void {
    this.#limitClosing();
    // RFC 6455 §7.1.1: the server closes TCP first. A client waits for that, unless it is the one who found a fault.
    if (this.#role === "server" || this.#error !== undefined) this.#outbox.end();
  }

  #sendControl(opcode: number, data: Uint8Array): void {
    if (data.length > CONTROL_LIMIT_BYTES)
      throw new RangeError(`A ping or pong carries at most 125 bytes, got ${data.length}`);
    if (this.#state !== "open") return;
    this.#outbox.binary(opcode, data);
    this.#checkBuffered();
  }

  #checkBuffered(): void {
    if (this.#outbox.bytes <= this.#limits.maxBufferedAmount) return;
    this.#error = new ConnectionError("WS_ERR_SEND_BUFFER_FULL");
    this.terminate();
  }

  #limitClosing(): void {
    this.#closeTimer ??= setTimeout(() => {
      this.#error ??= new ConnectionError("WS_ERR_CLOSE_TIMEOUT");
      this.terminate();
    }, this.#limits.closeTimeout);
  }

  #onSocketClose(): void {
    if (!this.#fire("lost")) return;
    clearTimeout(this.#closeTimer);
    const error = this.#error ?? this.#socket.errored;
    // With both close frames exchanged the connection ended well, however TCP took it.
    if (error === null || this.#closeCode !== ABNORMAL_CLOSURE)
      this.sink.onClose(this.#closeCode, this.#closeReason);
    else this.sink.onClose(this.#closeCode, this.#closeReason, error);
  }

  #fire(event: EventOf<typeof CONNECTION>): boolean {
    const state = nextState(CONNECTION, this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}

function ignore(): void {
  // The stream remembers what went wrong, and `close` follows.
}

/** Listener for `end`: the peer has said all it will, so say goodbye as well. */
function endOwnSide(this: Duplex): void {
  this.end();
}
