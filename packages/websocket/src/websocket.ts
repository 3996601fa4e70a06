import type { ClientRequestArgs } from "node:http";
import { type EventOf, nextState, type StateOf } from "@towline/core";
import { checkProtocols } from "./client-handshake.ts";
import type { ClientOptions } from "./client-options.ts";
import { parseWebSocketUrl } from "./client-url.ts";
import { ABNORMAL_CLOSURE, encodeClosePayload } from "./close-code.ts";
import { connect, type Opening, type OpeningHandler } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { ConnectionError } from "./errors.ts";
import { toBytes, type WebSocketData } from "./message-bytes.ts";
import { OPCODE } from "./opcodes.ts";
import { OPENING } from "./opening-states.ts";
import type { SendCallback } from "./outbox.ts";
import { PreparedMessage } from "./prepared-message.ts";
import { type BinaryType, WebSocketEvents } from "./websocket-events.ts";
import { type Tracker, WebSocketSink } from "./websocket-sink.ts";

export interface SendOptions {
  /** Whether to send a binary message. Defaults to whether `data` is not a string. */
  readonly binary?: boolean | undefined;
  /** Whether to compress, where that was agreed on. Defaults to true. */
  readonly compress?: boolean | undefined;
  /** Whether this is the end of the message; what is sent next goes on with it otherwise. Defaults to true. */
  readonly fin?: boolean | undefined;
  /** Has no effect: a client masks, and a server does not (RFC 6455 §5.1). */
  readonly mask?: boolean | undefined;
}

const BINARY_TYPES = new Set<unknown>(["nodebuffer", "arraybuffer", "fragments", "blob"]);
const READY_STATE = { open: 1, closing: 2, ending: 2, closed: 3 } as const;

/**
 * A WebSocket, with the API of `ws` and of browsers.
 *
 * Events: `open`, `message` (data: Buffer, or as `binaryType` says; isBinary: boolean), `close` (code: number,
 * reason: Buffer), `error` (error: Error; only when somebody listens, and `close` always follows), `ping` and `pong`
 * (data: Buffer), `drain`, `upgrade` (response), `redirect` (url, request), `unexpected-response` (request, response).
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

  readonly #sink = new WebSocketSink(this);
  #binaryType: BinaryType = "nodebuffer";
  #connection: Connection | undefined;
  /** Of a client. */
  #client: ClientSide | undefined;
  #unsentBytes = 0;

  /** No connection: see `WebSocket.accept`. */
  constructor(address: null);
  /**
   * @param address `ws:`, `wss:`, `http:`, `https:` or `ws+unix:`.
   * @param protocols subprotocols to offer, in order of preference.
   * @throws {SyntaxError} for a bad address or subprotocol.
   * @throws {TypeError} for an invalid option.
   */
  constructor(address: string | URL, options?: ClientOptions | ClientRequestArgs);
  constructor(
    address: string | URL,
    protocols?: string | readonly string[] | undefined,
    options?: ClientOptions | ClientRequestArgs,
  );
  constructor(
    address: string | URL | null,
    second: string | readonly string[] | ClientOptions | ClientRequestArgs = [],
    third: ClientOptions | ClientRequestArgs = {},
  ) {
    super();
    if (address === null) return;
    const isList = typeof second === "string" || isArray(second);
    const options = (isList ? third : second) as ClientOptions;
    const protocols = checkProtocols(isList ? second : (options.protocol ?? []));
    const target = parseWebSocketUrl(address);
    const client: ClientSide = { url: target.url, state: OPENING.initial, opening: undefined };
    this.#client = client;
    client.opening = connect(target, protocols, options, this.#sink, this.#openingHandler(client, options));
    // `finishRequest` was called in there, and may have thought better of it.
    if (client.state === "aborting") giveUp(client);
  }

  /**
   * Wraps the connection that `open` makes for the sink it is given. On a subclass it makes one of that.
   *
   * @param tracker told when it is closed, ahead of the listeners.
   */
  static accept<T extends typeof WebSocket>(
    this: T,
    open: (sink: ConnectionSink) => Connection,
    tracker?: Tracker,
  ): InstanceType<T> {
    const webSocket = new this(null);
    webSocket.#sink.tracker = tracker;
    webSocket.#connection = open(webSocket.#sink);
    return webSocket as InstanceType<T>;
  }

  get CONNECTING(): 0 {
    return 0;
  }
  get OPEN(): 1 {
    return 1;
  }
  get CLOSING(): 2 {
    return 2;
  }
  get CLOSED(): 3 {
    return 3;
  }

  /** The address, as it was understood, or was redirected to; "" for a connection that a server accepted. */
  get url(): string {
    return this.#client?.url ?? "";
  }

  get readyState(): 0 | 1 | 2 | 3 {
    if (this.#connection !== undefined) return READY_STATE[this.#connection.state];
    const state = this.#client?.state;
    if (state === "aborting") return this.CLOSING;
    return state === "failed" ? this.CLOSED : this.CONNECTING;
  }

  /** How binary messages are given. Another value than the four there are is left out of account, as in browsers. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }
  set binaryType(type: BinaryType) {
    if (BINARY_TYPES.has(type)) this.#binaryType = type;
  }

  /** Bytes that wait to be sent, frame headers included, and what was sent too late to be sent at all. */
  get bufferedAmount(): number {
    return (this.#connection?.bufferedAmount ?? 0) + this.#unsentBytes;
  }

  /** The subprotocol agreed on, or "". */
  get protocol(): string {
    return this.#connection?.protocol ?? "";
  }

  /** The extensions agreed on: "permessage-deflate", or none. */
  get extensions(): string {
    return this.#connection?.isCompressing === true ? "permessage-deflate" : "";
  }

  get isPaused(): boolean {
    return this.#connection?.isPaused ?? false;
  }

  /**
   * Sends a message. Once closing, it is dropped and `callback` gets an error.
   *
   * @param data what `prepareText` or `prepareBinary` made is sent as it is, whatever the options.
   * @param callback called when the message is written, or with what prevented it.
   * @throws {TypeError} when `data` is no message.
   * @throws {ConnectionError} `WS_ERR_NOT_OPEN` while connecting.
   */
  send(data: WebSocketData | PreparedMessage, callback?: SendCallback): void;
  send(data: WebSocketData | PreparedMessage, options: SendOptions, callback?: SendCallback): void;
  send(
    data: WebSocketData | PreparedMessage,
    second?: SendOptions | SendCallback,
    third?: SendCallback,
  ): void {
    const callback = typeof second === "function" ? second : third;
    const options = typeof second === "object" ? second : NO_OPTIONS;
    const connection = this.#connected(callback);
    if (connection === undefined) this.#unsentBytes += byteLength(data);
    else if (data instanceof PreparedMessage) connection.sendPrepared(data, callback);
    else if (typeof data === "string" && isOneFrameOfText(options)) connection.sendText(data, callback);
    else sendBytes(connection, data, options, callback);
  }

  /** Sends a ping. @throws {RangeError} above 125 bytes. @throws {TypeError} unless `data` is a string or bytes. */
  ping(data?: unknown, mask?: boolean | SendCallback, callback?: (error: Error) => void): void;
  ping(callback: SendCallback): void;
  ping(first?: unknown, second?: unknown, third?: unknown): void {
    const { data, callback } = controlArguments(first, second, third);
    this.#connected(callback)?.ping(data, callback);
  }

  /** Sends an unasked-for pong. @throws {RangeError} above 125 bytes. @throws {TypeError} unless a string or bytes. */
  pong(data?: unknown, mask?: boolean | SendCallback, callback?: (error: Error) => void): void;
  pong(callback: SendCallback): void;
  pong(first?: unknown, second?: unknown, third?: unknown): void {
    const { data, callback } = controlArguments(first, second, third);
    this.#connected(callback)?.pong(data, callback);
  }

  /** Gives no events any more, and lets the peer wait, until `resume`. Does nothing unless there is a connection. */
  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
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

  #openingHandler(client: ClientSide, { finishRequest }: ClientOptions): OpeningHandler {
    return {
      onUpgrade: (response) => void this.emit("upgrade", response),
      onConnected: (connection) => {
        fire(client, "accepted");
        this.#connection = connection;
        this.emit("open");
      },
      onFailed: (error) => {
        fire(client, "failed");
        this.#sink.onClose(ABNORMAL_CLOSURE, "", error);
      },
      onUnexpectedResponse: (request, response) => this.emit("unexpected-response", request, response),
      onRedirect: (url, request) => {
        client.url = url;
        this.emit("redirect", url, request);
      },
      finishRequest:
        finishRequest === undefined ? undefined : (request) => finishRequest(request, this as never),
    };
  }

  #abort(): void {
    if (this.#client !== undefined && fire(this.#client, "abort")) giveUp(this.#client);
  }

  /** The connection when it is open; else sees to it that `callback` hears of it. */
  #connected(callback: SendCallback | undefined): Connection | undefined {
    if (this.#connection?.isOpen === true) return this.#connection;
    if (this.readyState === this.CONNECTING)
      throw new ConnectionError("WS_ERR_NOT_OPEN", 'wait for "open" before you send');
    if (callback !== undefined) process.nextTick(callback, new ConnectionError("WS_ERR_NOT_OPEN"));
    return undefined;
  }
}

/** What a client has besides its connection. */
interface ClientSide {
  url: string;
  state: StateOf<typeof OPENING>;
  opening: Opening | undefined;
}

function fire(client: ClientSide, event: EventOf<typeof OPENING>): boolean {
  const state = nextState(OPENING, client.state, event);
  if (state === undefined) return false;
  client.state = state;
  return true;
}

function giveUp({ opening }: ClientSide): void {
  opening?.abort(
    new ConnectionError("WS_ERR_HANDSHAKE_FAILED", "the WebSocket was closed while it was connecting"),
  );
}

const isArray: (value: unknown) => value is readonly unknown[] = Array.isArray;

const NO_OPTIONS: SendOptions = {};

const isOneFrameOfText = ({ binary, fin, compress }: SendOptions): boolean =>
  binary !== true && fin !== false && compress !== false;

function sendBytes(
  connection: Connection,
  data: unknown,
  options: SendOptions,
  callback: SendCallback | undefined,
): void {
  const {
    fin = true,
    compress = true,
    binary = typeof data !== "string" && typeof data !== "number",
  } = options;
  const bytes = data instanceof Blob ? data : toBytes(data);
  const isWhole = fin && (compress || !connection.isCompressing);
  if (bytes instanceof Blob || !isWhole)
    connection.send({ opcode: binary ? OPCODE.binary : OPCODE.text, data: bytes, fin, compress }, callback);
  else if (binary) connection.sendBinary(bytes, callback);
  else connection.sendTextBytes(bytes, callback);
}

/** How much a message would have been, had there been somebody to send it to. */
function byteLength(data: WebSocketData | PreparedMessage): number {
  if (data instanceof PreparedMessage) return data.payload.length;
  return data instanceof Blob ? data.size : toBytes(data).length;
}

/** `(data, mask, callback)`, of which any may be left out. */
function controlArguments(
  first: unknown,
  second: unknown,
  third: unknown,
): { readonly data: Buffer; readonly callback: SendCallback | undefined } {
  const callback = [first, second, third].find((argument) => typeof argument === "function");
  const data = typeof first === "function" || first === undefined ? "" : first;
  return { data: toBytes(data), callback: callback as SendCallback | undefined };
}
