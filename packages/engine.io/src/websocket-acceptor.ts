import type { IncomingMessage } from "node:http";
import {
  agreeOnCompression,
  type ConnectionOptions,
  type DeflateSettings,
  HandshakeError,
  resolveDeflateOptions,
  type ServerHandshake,
  SILENT_SINK,
} from "@towline/websocket";
import type { ResolvedServerOptions } from "./server-options.ts";
import type { WebSocketTransport } from "./transports/websocket.ts";
import type { WebSocketLink } from "./transports/websocket-link.ts";
import { EngineLink, type EngineWebSocketServer, type WebSocketEngine } from "./transports/ws-engine.ts";

/** A request for a WebSocket, with the bytes that came behind it. */
export interface UpgradeRequest {
  readonly handshake: ServerHandshake;
  readonly head: Buffer;
}

/** What makes WebSockets of upgrade requests. */
export interface WebSocketAcceptor {
  /**
   * @param headerLines further lines of the answer.
   * @param onLink called once the connection stands.
   * @returns what is wrong when the request is no valid handshake; nothing has been answered then. Not thrown, as what
   *   `onLink` throws is somebody else's.
   */
  accept(
    upgrade: UpgradeRequest,
    headerLines: readonly string[],
    onLink: (link: WebSocketLink) => void,
  ): HandshakeError | undefined;
  /** The engine's server, when it is not ours. */
  readonly engine: EngineWebSocketServer | undefined;
}

/** Our own core, or the engine that the options name. */
export const createAcceptor = (options: ResolvedServerOptions): WebSocketAcceptor =>
  options.wsEngine === undefined || !options.transports.includes("websocket")
    ? new OwnAcceptor(options)
    : new EngineAcceptor(options, options.wsEngine as unknown as WebSocketEngine);

class OwnAcceptor implements WebSocketAcceptor {
  readonly engine = undefined;
  readonly #deflate: DeflateSettings | undefined;
  readonly #options: ConnectionOptions;

  constructor({ maxHttpBufferSize, maxSendBufferBytes, perMessageDeflate }: ResolvedServerOptions) {
    this.#deflate = resolveDeflateOptions(perMessageDeflate);
    this.#options = {
      maxPayload: maxHttpBufferSize,
      maxBufferedAmount: maxSendBufferBytes,
      onBufferFull: (transport: WebSocketTransport, bufferedBytes, messageBytes) =>
        transport.onBufferFull(bufferedBytes, messageBytes),
    };
  }

  accept(
    { handshake }: UpgradeRequest,
    headers: readonly string[],
    onLink: (link: WebSocketLink) => void,
  ): HandshakeError | undefined {
    let link: WebSocketLink;
    try {
      link = this.#open(handshake, headers);
    } catch (error) {
      if (error instanceof HandshakeError) return error;
      throw error;
    }
    onLink(link);
    return undefined;
  }

  #open(handshake: ServerHandshake, headers: readonly string[]): WebSocketLink {
    const checked = handshake.check();
    // RFC 6455 §4.1: a browser that offered subprotocols gives up when none is chosen. They mean nothing to us.
    const [protocol] = checked.protocols;
    const agreement = { protocol, headers, ...agreeOnCompression(handshake.request, this.#deflate) };
    const lines = handshake.lines(checked, agreement);
    return handshake.accept(lines, this.#options, agreement, SILENT_SINK);
  }
}

class EngineAcceptor implements WebSocketAcceptor {
  readonly engine: EngineWebSocketServer;
  readonly #maxSendBufferBytes: number;
  readonly #headersOf = new WeakMap<IncomingMessage, readonly string[]>();

  constructor(options: ResolvedServerOptions, Engine: WebSocketEngine) {
    const { perMessageDeflate, maxHttpBufferSize: maxPayload, maxSendBufferBytes } = options;
    this.engine = new Engine({ noServer: true, clientTracking: false, perMessageDeflate, maxPayload });
    this.#maxSendBufferBytes = maxSendBufferBytes;
    this.engine.on?.("headers", (lines: string[], request: IncomingMessage) =>
      lines.push(...(this.#headersOf.get(request) ?? [])),
    );
  }

  accept(
    { handshake, head }: UpgradeRequest,
    headerLines: readonly string[],
    onLink: (link: WebSocketLink) => void,
  ): HandshakeError | undefined {
    const { request, socket } = handshake;
    if (request.httpVersionMajor > 1)
      return new HandshakeError(400, "The WebSocket engine in use does not speak HTTP/2");
    this.#headersOf.set(request, headerLines);
    this.engine.handleUpgrade(request, socket, head, (webSocket) =>
      onLink(new EngineLink(webSocket, this.#maxSendBufferBytes)),
    );
    return undefined;
  }
}
