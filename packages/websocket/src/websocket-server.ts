import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type EventOf, nextState, resolveOptions, type StateOf } from "@towline/core";
import { agreeOnCompression, type FullAgreement } from "./accept-upgrade.ts";
import { type Answer, answerWith, ask, FAILED, type Refusal } from "./admission.ts";
import { attachServer } from "./attach-server.ts";
import { CONNECTION_OPTIONS } from "./connection-options.ts";
import { type DeflateSettings, resolveDeflateOptions } from "./deflate-options.ts";
import { HandshakeError } from "./errors.ts";
import { requestOf } from "./extended-connect.ts";
import { checkHeaderLine, type Handshake } from "./handshake.ts";
import { type ServerHandshake, streamHandshake, upgradeHandshake } from "./server-handshake.ts";
import { type AnyServer, SERVER_OPTIONS, type WebSocketServerOptions } from "./server-options.ts";
import { SERVER } from "./server-states.ts";
import { TypedEmitter } from "./typed-emitter.ts";
import { askAboutClient } from "./verify-client.ts";
import { WebSocket } from "./websocket.ts";

const ALL_OPTIONS = { ...CONNECTION_OPTIONS, ...SERVER_OPTIONS };

/**
 * What is being accepted, or is so already, by any server: two would write their answers into one another. A socket that
 * was refused is not in here.
 */
const TAKEN = new WeakSet<Duplex>();

/** The events of a `WebSocketServer` and what their listeners get. */
export interface WebSocketServerEventMap<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> {
  connection: [webSocket: InstanceType<Socket>, request: InstanceType<Request>];
  listening: [];
  /** The head of an answer, its status first. May be changed; further lines go to its end. */
  headers: [lines: string[], request: InstanceType<Request>];
  error: [error: Error];
  close: [];
  /** A request that is no valid handshake. Who listens has to answer it, or to cut the socket. */
  wsClientError: [error: Error, socket: Duplex, request: InstanceType<Request>];
}

/** What a valid handshake asks for, and what is agreed to of that without the application. */
interface Checked extends Handshake {
  readonly agreement: Pick<FullAgreement, "extensions" | "deflate"> | undefined;
}

type Step = () => void;

type OnAccepted<Socket extends typeof WebSocket, Request extends typeof IncomingMessage> = (
  webSocket: InstanceType<Socket>,
  request: InstanceType<Request>,
) => void;

/**
 * Accepts WebSockets, on an HTTP server of its own or of yours: upgrades of HTTP/1.1, and streams of HTTP/2 (RFC 8441).
 *
 * Events: `connection` (webSocket, request), `listening`, `headers` (header lines of the answer, to be pushed to;
 * request), `error` (of the HTTP server), `close`, `wsClientError` (error, socket, request).
 *
 * @example
 * const server = new WebSocketServer({ port: 8080 });
 * server.on("connection", (ws) => ws.on("message", (data, isBinary) => ws.send(data, { binary: isBinary })));
 */
export class WebSocketServer<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends TypedEmitter<WebSocketServerEventMap<Socket, Request>> {
  /** The options, those left out filled in. */
  readonly options: WebSocketServerOptions<Socket, Request>;
  /** The open connections. Without `clientTracking` there is no such set. */
  readonly clients: Set<InstanceType<Socket>>;
  readonly #deflate: DeflateSettings | undefined;
  readonly #server: AnyServer | undefined;
  readonly #ownServer: HttpServer | undefined;
  readonly #detach: () => void;
  #state: StateOf<typeof SERVER> = SERVER.initial;

  /**
   * @param onListening called once the server listens, when it was given a `port`.
   * @throws {TypeError} for invalid options, or unless exactly one of `port`, `server` and `noServer` is given.
   */
  constructor(options: WebSocketServerOptions<Socket, Request> = {}, onListening?: () => void) {
    super();
    const given = withoutNulls(options);
    const resolved = resolveOptions(ALL_OPTIONS, given as WebSocketServerOptions);
    const { noServer, server, port, clientTracking } = resolved;
    if ([noServer, server !== undefined, port !== undefined].filter(Boolean).length !== 1)
      throw new TypeError('Give exactly one of the options "port", "server" and "noServer"');
    this.options = { ...given, ...resolved } as WebSocketServerOptions<Socket, Request>;
    this.#deflate = resolveDeflateOptions(resolved.perMessageDeflate);
    this.clients = (clientTracking ? new Set() : undefined) as Set<InstanceType<Socket>>;
    this.#ownServer = port === undefined ? undefined : createServer(answerPlainRequest);
    this.#server = server ?? this.#ownServer;
    this.#detach = this.#attach();
    if (onListening !== undefined) this.on("listening", onListening);
    this.#listen();
  }

  /** The path it serves, if not all. */
  get path(): string {
    return this.options.path as string;
  }

  /** Where the HTTP server listens; `null` while it does not. @throws {Error} with `noServer`. */
  address(): AddressInfo | string | null {
    if (this.#server === undefined) throw new Error('With "noServer" there is no address');
    return this.#server.address();
  }

  /** Whether to take a WebSocket. By default: whether its path is `path`. May be replaced; may give a promise. */
  shouldHandle(request: InstanceType<Request>): boolean | Promise<boolean> {
    const { path } = this.options;
    return path === undefined || pathOf(request.url ?? "/") === path;
  }

  /**
   * Answers an HTTP upgrade: accepts it and calls back, or refuses it with the proper status.
   *
   * @throws {Error} when the socket was accepted before, or is about to be.
   */
  handleUpgrade(
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
    callback: OnAccepted<Socket, Request>,
  ): void {
    this.#take(upgradeHandshake(request, socket, head), callback);
  }

  /**
   * The same for a stream of an HTTP/2 server: one whose `:method` is CONNECT and whose `:protocol` is websocket.
   *
   * @throws {Error} when the stream was accepted before, or is about to be.
   */
  handleStream(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    callback: OnAccepted<Socket, Request>,
  ): void {
    this.#take(streamHandshake(stream, requestOf(stream, headers)), callback);
  }

  /**
   * Takes no further connection. Those there are stay open: close them yourself. Calls back, and emits `close`, when
   * all tracked ones are gone, and with a server of its own when that has closed.
   *
   * @param callback gets an error when the server was closed before.
   */
  close(callback?: (error?: Error) => void): void {
    if (callback !== undefined) {
      if (this.#state === "closed") process.nextTick(callback, new Error("The server is not running"));
      else this.once("close", callback);
    }
    if (!this.#fire("close")) return;
    this.#detach();
    if (this.#ownServer === undefined) process.nextTick(() => this.#closeWhenEmpty());
    else this.#ownServer.close(() => this.#closeWhenEmpty());
  }

  /** For its connections. */
  onSocketClosed(webSocket: WebSocket): void {
    this.clients?.delete(webSocket as InstanceType<Socket>);
    if (this.#state === "closing") this.#closeWhenEmpty();
  }

  #attach(): () => void {
    if (this.#server === undefined) return () => {};
    return attachServer(this.#server, {
      onListening: () => this.emit("listening"),
      onError: (error) => this.emit("error", error),
      onHandshake: (handshake) =>
        this.#take(handshake, (webSocket, request) => this.emit("connection", webSocket, request)),
    });
  }

  #listen(): void {
    const { port, host, backlog } = this.options;
    this.#ownServer?.listen({
      port,
      ...(host === undefined ? {} : { host }),
      ...(backlog === undefined ? {} : { backlog }),
    });
  }

  #take(handshake: ServerHandshake, callback: OnAccepted<Socket, Request>): void {
    const { socket } = handshake;
    if (TAKEN.has(socket))
      throw new Error("This socket was handled before: is there another listener that handles upgrades?");
    TAKEN.add(socket);
    // Until its connection listens, a reset would be an error that nobody hears.
    socket.on("error", ignore);
    const checked = this.#check(handshake);
    if (checked === undefined) return;
    const request = handshake.request as InstanceType<Request>;
    const { verifyClient } = this.options;
    const accept: Step = () => this.#accept(handshake, checked, callback);
    const verify: Step = () =>
      verifyClient === undefined
        ? accept()
        : this.#ask(handshake, (answer) => askAboutClient(verifyClient, request, answer), accept);
    this.#ask(handshake, (answer) => answerWith(this.shouldHandle(request), NOT_HERE, answer), verify);
  }

  /** What the client asks for; `undefined` when it was refused, or `wsClientError` is left to see to it. */
  #check(handshake: ServerHandshake): Checked | undefined {
    const request = handshake.request as InstanceType<Request>;
    try {
      return { ...handshake.check(), agreement: agreeOnCompression(request, this.#deflate) };
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      TAKEN.delete(handshake.socket);
      if (!this.emit("wsClientError", error, handshake.socket, request)) refuse(handshake, error);
      return undefined;
    }
  }

  /** Goes on with `next` when the application has nothing against the client. */
  #ask(handshake: ServerHandshake, question: (answer: Answer) => void, next: Step): void {
    const { handshakeTimeout = SERVER_OPTIONS.handshakeTimeout.default } = this.options;
    ask(handshake.socket, handshakeTimeout, question, (refusal) => {
      if (refusal === undefined) next();
      else refuse(handshake, refusal);
    });
  }

  #accept(handshake: ServerHandshake, checked: Checked, callback: OnAccepted<Socket, Request>): void {
    const { socket } = handshake;
    if (this.#state !== "running") {
      refuse(handshake, CLOSING);
      return;
    }
    if (!socket.readable || !socket.writable) {
      // Another server's refusal may be on its way.
      if (!socket.writableEnded) socket.destroy();
      return;
    }
    const request = handshake.request as InstanceType<Request>;
    let webSocket: InstanceType<Socket> | undefined;
    try {
      webSocket = this.#open(handshake, checked, request);
    } finally {
      // The application's error, or that of an option, goes on its way.
      if (webSocket === undefined) refuse(handshake, FAILED);
    }
    socket.off("error", ignore);
    this.clients?.add(webSocket);
    callback(webSocket, request);
  }

  #open(handshake: ServerHandshake, checked: Checked, request: InstanceType<Request>): InstanceType<Socket> {
    const protocol = this.#chooseProtocol(checked.protocols, request);
    const agreement = { ...checked.agreement, protocol };
    const lines = handshake.lines(checked, agreement);
    if (this.emit("headers", lines, request)) for (const line of lines.slice(1)) checkHeaderLine(line);
    const Class = (this.options.WebSocket ?? WebSocket) as Socket;
    return Class.accept(
      (sink) => handshake.accept(lines, this.options, agreement, sink),
      this,
    ) as InstanceType<Socket>;
  }

  /** @throws {TypeError} for one that was not offered (RFC 6455 §4.2.2). */
  #chooseProtocol(offered: ReadonlySet<string>, request: InstanceType<Request>): string | undefined {
    if (offered.size === 0) return undefined;
    const { handleProtocols } = this.options;
    if (handleProtocols === undefined) return offered.values().next().value;
    const chosen = handleProtocols(new Set(offered), request) || undefined;
    if (chosen !== undefined && !offered.has(chosen))
      throw new TypeError(
        `handleProtocols must choose among what was offered, got ${JSON.stringify(chosen)}`,
      );
    return chosen;
  }

  #closeWhenEmpty(): void {
    const isEmpty = (this.clients?.size ?? 0) === 0;
    const isDown = this.#ownServer?.listening !== true;
    if (isEmpty && isDown && this.#fire("emptied")) this.emit("close");
  }

  #fire(event: EventOf<typeof SERVER>): boolean {
    const state = nextState(SERVER, this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}

const NOT_HERE: Refusal = { status: 400, message: "No WebSocket is served at this path" };
const CLOSING: Refusal = { status: 503, message: "The server is closing" };

function refuse(handshake: ServerHandshake, { status, message, headers }: Refusal): void {
  const { socket } = handshake;
  TAKEN.delete(socket);
  // Another server has answered.
  if (socket.writableEnded) return;
  try {
    handshake.refuse(status, message, headers);
  } catch (error) {
    // What the application wanted to say cannot be sent.
    handshake.refuse(FAILED.status, FAILED.message);
    throw error;
  }
}

/** `ws` takes null for an option that is not given. */
const withoutNulls = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

function ignore(): void {
  // The socket is found closed when there is something to answer.
}

function answerPlainRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: "close", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This server speaks WebSocket only\n");
}
