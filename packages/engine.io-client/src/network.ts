import type { PacketData } from "@towline/engine.io-parser";

/** What the transports need of the platform: one HTTP request, one WebSocket. `#platform` provides both. */

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: PacketData;
  /** Bound on this request, in milliseconds, when it is not the options'. */
  readonly timeoutMs?: number;
}

/** Hears exactly one of the two, unless the call is aborted first. */
export interface HttpSink {
  onResponse(status: number, body: Uint8Array): void;
  onError(cause: unknown): void;
}

export interface WebSocketSink {
  onOpen(): void;
  onMessage(data: PacketData): void;
  onError(cause: unknown): void;
  onClose(event: unknown): void;
}

export interface WebSocketHandle {
  /** Bytes taken by `send` that are not on their way yet. */
  readonly bufferedAmount: number;
  send(data: PacketData): void;
  close(): void;
}

/** What the user's options say about the network. */
export interface NetworkOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly withCredentials: boolean;
  readonly autoUnref: boolean;
  readonly protocols: readonly string[];
  /** Bound on one request, in milliseconds. Without it, only the heartbeat bounds it. */
  readonly requestTimeoutMs: number | undefined;
  /** Bound on one response body or WebSocket message, in bytes. */
  readonly maxMessageBytes: number;
  /** Options of `http.request` and `tls.connect` such as `agent` and `ca`; browsers have no use for them. */
  readonly nodeOptions: Readonly<Record<string, unknown>>;
}

/** Makes one request. Calls back later, never within the call itself. */
export type SendHttp = (request: HttpRequest, sink: HttpSink) => { abort(): void };
export type OpenWebSocket = (url: string, sink: WebSocketSink) => WebSocketHandle;
