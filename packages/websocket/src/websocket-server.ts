import { EventEmitter } from "node:events";
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import {
  type EventOf,
  flag,
  nextState,
  type OptionInput,
  optional,
  resolveOptions,
  type StateOf,
} from "@towline/core";
import { openConnection } from "./accept-upgrade.ts";
import { type ConnectionOptions, connectionLimits } from "./connection-options.ts";
import { HandshakeError } from "./errors.ts";
import { checkHandshake, type Handshake } from "./handshake.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { SERVER } from "./server-states.ts";
import { WebSocket } from "./websocket.ts";

export const SERVER_OPTIONS = {
  noServer: flag(false, "Whether to stand alone: you call `handleUpgrade`."),
  server: optional<HttpServer>(
    "An HTTP or HTTPS server whose upgrades to take.",
    "an HTTP server",
    (value) => value instanceof EventEmitter,
  ),
  port: optional<number>("A port to listen on, with an HTTP server of its own.", "a port number", (value) =>
    Number.isInteger(value),
  ),
  host: optional<string>("The address to listen on with `port`.", "a string", (v) => typeof v === "string"),
  path: optional<string>("Take only upgrades of this path.", "a string", (v) => typeof v === "string"),
  clientTracking: flag(true, "Whether to keep the open connections in `clients`."),
  handleProtocols: optional<HandleProtocols>(
    "Chooses among the subprotocols offered; `false` chooses none. By default the first.",
    "a function",
    (value) => typeof value === "function",
  ),
};

export type HandleProtocols = (protocols: ReadonlySet<string>, request: IncomingMessage) => string | false;

export type WebSocketServerOptions = OptionInput<typeof SERVER_OPTIONS> & ConnectionOptions;

/** The events of a `WebSocketServer` and what their listeners get. */
export interface WebSocketServerEventMap {
  connection: [webSocket: WebSocket, request: IncomingMessage];
  listening: [];
  /** Push further header lines of the answer to `lines`. */
  headers: [lines: string[], request: IncomingMessage];
  error: [error: Error];
  close: [];
}

type UpgradeCallback = (webSocket: WebSocket, request: IncomingMessage) => void;

/**
 * Accepts WebSockets, on an HTTP server of its own or of yours.
 *
 * Events: `connection` (webSocket, request), `listening`, `headers` (further header lines of the answer, to be pushed
 * to; request), `error` (of the HTTP server), `close`.
 *
 * @example
 * const server = new WebSocketServer({ port: 8080 });
 * server.on("connection", (ws) => ws.on("message", (data, isBinary) => ws.send(data, { binary: isBinary })));
 */
export class WebSocketServer extends EventEmitter<WebSocketServerEventMap> {
  /** The open connections; `undefined` without `clientTracking`. */
  readonly clients: Set<WebSocket> | undefined;
  readonly #options: WebSocketServerOptions;
  readonly #server: HttpServer | undefined;
  readonly #ownsServer: boolean;
  readonly #detach: () => void;
  #state: StateOf<typeof SERVER> = SERVER.initial;

  /**
   * @param onListening called once the server listens, when it was given a `port`.
   * @throws {TypeError} for an invalid option, or unless exactly one of `port`, `server` and `noServer` is given.
   */
  constructor(options: WebSocketServerOptions, onListening?: () => void) {
    super();
    const { noServer, server, port, host, clientTracking } = resolveOptions(SERVER_OPTIONS, options);
    connectionLimits(options);
    if ([noServer, server !== undefined, port !== undefined].filter(Boolean).length !== 1)
      throw new TypeError('Give exactly one of "port", "server" and "noServer"');
    this.#options = options;
    this.clients = clientTracking ? new Set() : undefined;
    this.#ownsServer = port !== undefined;
    this.#server = port === undefined ? server : createServer(answerPlainRequest);
    this.#detach = this.#attach(this.#server);
    if (onListening !== undefined) this.on("listening", onListening);
    if (port !== undefined) this.#server?.listen({ port, ...(host === undefined ? {} : { host }) });
  }

  /** Where the HTTP server listens; `null` while it does not. @throws {Error} with `noServer`. */
  address(): AddressInfo | string | null {
    if (this.#server === undefined) throw new Error('With "noServer" there is no address');
    return this.#server.address();
  }

  /** Whether to take an upgrade. By default: whether its path is `path`. May be replaced. */
  shouldHandle(request: IncomingMessage): boolean {
    const { path } = this.#options;
    return path === undefined || pathOf(request.url ?? "/") === path;
  }

  /**
   * Answers an HTTP upgrade: accepts it and calls back, or refuses it with the proper status.
   *
   * Call it once per socket.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, callback: UpgradeCallback): void {
    const handshake = this.#judge(request);
    if (handshake instanceof HandshakeError) {
      refuseUpgrade(socket, handshake.status, handshake.message, handshake.headers);
      return;
    }
    const headers: string[] = [];
    const protocol = this.#chooseProtocol(handshake.protocols, request);
    this.emit("headers", headers, request);
    const webSocket = WebSocket.accept((sink) =>
      openConnection(handshake, socket, head, { ...this.#options, protocol, headers }, sink),
    );
    this.#track(webSocket);
    callback(webSocket, request);
  }

  /**
   * Takes no further connection. Those there are stay open: close them yourself. Calls back, and emits `close`, when
   * all tracked ones are gone, and with a server of its own when that has closed.
   */
  close(callback?: () => void): void {
    if (callback !== undefined) {
      if (this.#state === "closed") process.nextTick(callback);
      else this.once("close", callback);
    }
    if (!this.#fire("close")) return;
    this.#detach();
    if (this.#ownsServer && this.#server !== undefined) this.#server.close(() => this.#closeWhenEmpty());
    else process.nextTick(() => this.#closeWhenEmpty());
  }

  #attach(server: HttpServer | undefined): () => void {
    if (server === undefined) return () => {};
    const onListening = () => this.emit("listening");
    const onError = (error: Error) => this.emit("error", error);
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.handleUpgrade(request, socket, head, (webSocket) => this.emit("connection", webSocket, request));
    server.on("listening", onListening).on("error", onError).on("upgrade", onUpgrade);
    return () => server.off("listening", onListening).off("error", onError).off("upgrade", onUpgrade);
  }

  #judge(request: IncomingMessage): Handshake | HandshakeError {
    if (this.#state !== "running") return new HandshakeError(503, "The server is closing");
    if (!this.shouldHandle(request)) return new HandshakeError(400, "No WebSocket is served at this path");
    try {
      return checkHandshake(request);
    } catch (error) {
      if (error instanceof HandshakeError) return error;
      throw error;
    }
  }

  #chooseProtocol(offered: ReadonlySet<string>, request: IncomingMessage): string | undefined {
    if (offered.size === 0) return undefined;
    const { handleProtocols } = this.#options;
    if (handleProtocols === undefined) return offered.values().next().value;
    return handleProtocols(offered, request) || undefined;
  }

  #track(webSocket: WebSocket): void {
    this.clients?.add(webSocket);
    webSocket.on("close", () => {
      this.clients?.delete(webSocket);
      if (this.#state === "closing") this.#closeWhenEmpty();
    });
  }

  #closeWhenEmpty(): void {
    const isEmpty = (this.clients?.size ?? 0) === 0;
    const isDown = !this.#ownsServer || this.#server?.listening === false;
    if (isEmpty && isDown && this.#fire("emptied")) this.emit("close");
  }

  #fire(event: EventOf<typeof SERVER>): boolean {
    const state = nextState(SERVER, this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

function answerPlainRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: "close", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This server speaks WebSocket only\n");
}
