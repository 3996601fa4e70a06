import { type EventOf, nextState, type StateOf } from "@towline/core";
import { checkProtocols } from "./client-handshake.ts";
import { parseWebSocketUrl } from "./client-url.ts";
import { ABNORMAL_CLOSURE, encodeClosePayload } from "./close-code.ts";
import { type ClientOptions, connect, type Opening } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { ConnectionError } from "./errors.ts";
import { OPENING } from "./opening-states.ts";
import { WebSocketEvents } from "./websocket-events.ts";
import { type SendCallback, WebSocketSink } from "./websocket-sink.ts";

export type WebSocketData = string | ArrayBuffer | ArrayBufferView;

export interface SendOptions {
  /** Whether to send a binary message. Defaults to whether `data` is not a string. */
  readonly binary?: boolean | undefined;
}

const READY_STATE = { open: 1, closing: 2, ending: 2, closed: 3 } as const;

/**
 * A WebSocket, with the API of `ws` and of browsers.
 *
 * Events: `open`, `message` (data: Buffer, or as `binaryType` says; isBinary: boolean), `close` (code: number,
 * reason: Buffer), `error` (error: Error; only when somebody listens, and `close` always follows), `ping` and `pong`
 * (data: Buffer), `upgrade` (response).
 *
 * @example
 * const ws = new WebSocket("ws://localhost:3000");
 * ws.on("open", () => ws.send("hello"));
 * ws.on("message", (data, isBinary) => console.log(isBinary ? data : data.toString()));
 */
export class WebSocket extends WebSocketEvents {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;

  /** How binary messages are given: as `Buffer`, or as `ArrayBuffer`. */
  binaryType: "nodebuffer" | "arraybuffer" = "nodebuffer";
  /** The address, as it was understood; "" for a connection that a server accepted. */
  readonly url: string;
  readonly #sink = new WebSocketSink(this);
  #connection: Connection | undefined;
  #opening: Opening | undefined;
  #openingState: StateOf<typeof OPENING> = OPENING.initial;

  /**
   * @param address `ws:`, `wss:`, `http:` or `https:`. `null` makes no connection: see `WebSocket.accept`.
   * @param protocols subprotocols to offer, in order of preference.
   * @throws {SyntaxError} for a bad address or subprotocol.
   * @throws {TypeError} for an invalid option.
   */
  constructor(
    address: string | URL | null,
    protocols: string | readonly string[] = [],
    options: ClientOptions = {},
  ) {
    super();
    if (address === null) {
      this.url = "";
      return;
    }
    const { url, http } = parseWebSocketUrl(address);
    this.url = url;
    this.#opening = connect(http, checkProtocols(protocols), options, this.#sink, {
      onConnected: (connection, response) => {
        this.#adopt(connection);
        this.emit("upgrade", response);
        this.emit("open");
      },
      onFailed: (error) => {
        this.#fire("failed");
        this.#opening = undefined;
        this.#sink.onClose(ABNORMAL_CLOSURE, "", error);
      },
    });
  }

  /** Wraps the connection that `open` makes for the sink it is given. */
  static accept(open: (sink: ConnectionSink) => Connection): WebSocket {
    const webSocket = new WebSocket(null);
    webSocket.#adopt(open(webSocket.#sink));
    return webSocket;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    if (this.#connection !== undefined) return READY_STATE[this.#connection.state];
    if (this.#openingState === "connecting") return this.CONNECTING;
    return this.#openingState === "aborting" ? this.CLOSING : this.CLOSED;
  }

  /** Bytes that wait to be sent, frame headers included. */
  get bufferedAmount(): number {
    return this.#connection?.bufferedAmount ?? 0;
  }

  /** The subprotocol agreed on, or "". */
  get protocol(): string {
    return this.#connection?.protocol ?? "";
  }

  /** The extensions agreed on: none yet. */
  get extensions(): string {
    return "";
  }

  /**
   * Sends a message. Once closing, it is dropped and `callback` gets an error.
   *
   * @param callback called when the message is written, or with what prevented it.
   * @throws {TypeError} when `data` is neither a string nor bytes.
   * @throws {ConnectionError} `WS_ERR_NOT_OPEN` while connecting.
   */
  send(data: WebSocketData, callback?: SendCallback): void;
  send(data: WebSocketData, options: SendOptions, callback?: SendCallback): void;
  send(data: WebSocketData, second?: SendOptions | SendCallback, third?: SendCallback): void {
    const callback = typeof second === "function" ? second : third;
    const isBinary = (typeof second === "object" ? second.binary : undefined) ?? typeof data !== "string";
    if (typeof data === "string" && !isBinary) this.#connected(callback)?.sendText(data);
    else {
      const bytes = toBytes(data);
      const connection = this.#connected(callback);
      if (isBinary) connection?.sendBinary(bytes);
      else connection?.sendTextBytes(bytes);
    }
  }

  /** Sends a ping. @throws {RangeError} above 125 bytes. @throws {TypeError} unless `data` is a string or bytes. */
  ping(data: WebSocketData = "", callback?: SendCallback): void {
    const bytes = toBytes(data);
    this.#connected(callback)?.ping(bytes);
  }

  /** Sends an unasked-for pong. @throws {RangeError} above 125 bytes. @throws {TypeError} unless a string or bytes. */
  pong(data: WebSocketData = "", callback?: SendCallback): void {
    const bytes = toBytes(data);
    this.#connected(callback)?.pong(bytes);
  }

  /**
   * Starts the closing handshake, or gives up connecting. Does nothing when closing already.
   *
   * @throws {TypeError} for a code that must not be sent, or a reason without a code.
   * @throws {RangeError} for a reason of more than 123 bytes.
   */
  close(code?: number, reason?: string | Buffer): void {
    const text = reason?.toString();
    encodeClosePayload(code, text);
    if (this.#connection !== undefined) this.#connection.close(code, text);
    else this.#abort();
  }

  /** Cuts the connection, without a closing handshake. */
  terminate(): void {
    if (this.#connection !== undefined) this.#connection.terminate();
    else this.#abort();
  }

  #adopt(connection: Connection): void {
    this.#fire("accepted");
    this.#opening = undefined;
    this.#connection = connection;
  }

  #abort(): void {
    if (!this.#fire("abort")) return;
    this.#opening?.abort(
      new ConnectionError("WS_ERR_HANDSHAKE_FAILED", "the WebSocket was closed while it was connecting"),
    );
  }

  /** The connection when it is open; else sees to it that `callback` hears of it. */
  #connected(callback: SendCallback | undefined): Connection | undefined {
    if (this.readyState === this.CONNECTING)
      throw new ConnectionError("WS_ERR_NOT_OPEN", 'wait for "open" before you send');
    if (this.#connection?.isOpen === true) {
      if (callback !== undefined) this.#sink.afterWrite(callback);
      return this.#connection;
    }
    if (callback !== undefined) process.nextTick(callback, new ConnectionError("WS_ERR_NOT_OPEN"));
    return undefined;
  }

  #fire(event: EventOf<typeof OPENING>): boolean {
    const state = nextState(OPENING, this.#openingState, event);
    if (state === undefined) return false;
    this.#openingState = state;
    return true;
  }
}

function toBytes(data: unknown): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  if (Buffer.isBuffer(data)) return data;
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return Buffer.from(data);
  throw new TypeError(
    `A message is a string, a Buffer, an ArrayBuffer or a view of one, got ${data === null ? "null" : typeof data}`,
  );
}
