/** WebSockets of another engine than ours: any class with the members of the `ws` package's server. */
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { PacketData } from "@towline/engine.io-parser";
import {
  ConnectionError,
  type ConnectionSink,
  OPCODE,
  type OutgoingData,
  type PreparedMessage,
  SILENT_SINK,
} from "@towline/websocket";
import type { BufferPolicy } from "../transport.ts";
import type { WebSocketLink } from "./websocket-link.ts";

/** What we need of a WebSocket of `ws`. */
export interface EngineWebSocket extends EventEmitter {
  readonly bufferedAmount?: number;
  send(
    data: PacketData,
    options: { readonly binary: boolean; readonly compress: boolean },
    callback: (error?: Error | null) => void,
  ): void;
  close(): void;
  terminate(): void;
}

/** What we need of a server of `ws`. An emitter emits `headers(lines, request)` before it answers a handshake. */
export interface EngineWebSocketServer extends Partial<EventEmitter> {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    onOpen: (webSocket: EngineWebSocket) => void,
  ): void;
}

export type WebSocketEngine = new (options: {
  readonly noServer: true;
  readonly clientTracking: false;
  readonly perMessageDeflate: unknown;
  readonly maxPayload: number;
}) => EngineWebSocketServer;

/** A WebSocket of another engine, seen as one of ours. */
export class EngineLink implements WebSocketLink {
  sink: ConnectionSink & { onBufferFull?(bufferedBytes: number, messageBytes: number): BufferPolicy } =
    SILENT_SINK;
  /** Not known: so each message says for itself whether it may be compressed. */
  readonly isCompressing = true;
  readonly #webSocket: EngineWebSocket;
  readonly #maxSendBufferBytes: number;
  #unsent = 0;
  #unsentBytes = 0;
  #fault: Error | undefined;

  constructor(webSocket: EngineWebSocket, maxSendBufferBytes: number) {
    this.#webSocket = webSocket;
    this.#maxSendBufferBytes = maxSendBufferBytes;
    webSocket.on("message", (data: unknown, isBinary?: boolean) => this.#onMessage(data, isBinary));
    // The end of a connection that has failed may be long in coming.
    webSocket.on("error", (error: Error) => this.#end(1006, "", error));
    webSocket.once("close", (code: number, reason: unknown) => this.#end(code, String(reason ?? "")));
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount ?? this.#unsentBytes;
  }

  sendText(text: string): void {
    this.#send(text, false, true);
  }

  sendBinary(data: Uint8Array): void {
    this.#send(data, true, true);
  }

  sendPrepared({ payload, opcode }: PreparedMessage): void {
    this.#send(payload, opcode === OPCODE.binary, true);
  }

  send({ opcode, data, compress }: OutgoingData): void {
    this.#send(data as Uint8Array, opcode === OPCODE.binary, compress);
  }

  close(): void {
    this.#webSocket.close();
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  #send(data: PacketData, binary: boolean, compress: boolean): void {
    const bytes = data.length;
    if (this.bufferedAmount + bytes > this.#maxSendBufferBytes) {
      const policy = this.sink.onBufferFull?.(this.bufferedAmount, bytes) ?? "close";
      if (policy === "close") this.#cut(new ConnectionError("WS_ERR_SEND_BUFFER_FULL"));
      if (policy !== "send") return;
    }
    this.#unsent++;
    this.#unsentBytes += bytes;
    this.#webSocket.send(data, { binary, compress }, (error) => this.#onSent(bytes, error));
  }

  #onSent(bytes: number, error: Error | null | undefined): void {
    this.#unsent--;
    this.#unsentBytes -= bytes;
    if (!error && this.#unsent === 0) this.sink.onFlushed?.();
  }

  #onMessage(data: unknown, isBinary: boolean | undefined): void {
    // Before version 8 of `ws`, and with others still, text comes as a string.
    if (typeof data === "string") this.sink.onText(data);
    else if (isBinary === false) this.sink.onText(String(data));
    else this.sink.onBinary(Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer));
  }

  /** Not at once: whoever sends is not to hear of the end meanwhile. */
  #cut(error: Error): void {
    process.nextTick(() => this.#end(1006, "", error));
    this.#fault = error;
    this.terminate();
  }

  #end(code: number, reason: string, error?: Error): void {
    const { sink } = this;
    this.sink = SILENT_SINK;
    sink.onClose(code, reason, error ?? this.#fault);
  }
}
