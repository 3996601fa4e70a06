import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { deliver, resolveOptions, systemClock } from "@towline/core";
import { serialize } from "cookie";
import cors from "cors";
import createDebug from "debug";
import { BodyCompressor } from "./body-compressor.ts";
import { carryResponse, ERROR_MESSAGES, ERRORS, type Query, queryOf, recordOf } from "./compat.ts";
import { Refusal } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { AnswerHeaders } from "./header-source.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HttpExchange, type HttpHost } from "./http-exchange.ts";
import { type AnyHttpServer, attachTo, handshakeOf } from "./http-routes.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import { checkRequest, type Route } from "./request-check.ts";
import {
  type AttachOptions,
  type CookieOptions,
  type ResolvedServerOptions,
  SERVER_OPTIONS,
  type ServerOptions,
} from "./server-options.ts";
import { shareStrings } from "./shared-strings.ts";
import { Socket, type SocketContext } from "./socket.ts";
import type { Transport, TransportName } from "./transport.ts";
import { PollingTransport } from "./transports/polling.ts";
import { UpgradeExchange, type UpgradeHost } from "./upgrade-exchange.ts";
import { createAcceptor, type UpgradeRequest } from "./websocket-acceptor.ts";

const debug = createDebug("engine");

/** Base64url of 15 random bytes: 20 characters that nobody guesses. */
const ID_BYTES = 15;

/** A place where requests come from. */
interface Attachment {
  readonly httpServer: AnyHttpServer;
  detach(): void;
}

function arrive(request: IncomingMessage): Query {
  debug("%s %s", request.method, request.url);
  return queryOf(request);
}

/**
 * An Engine.IO server. It needs an HTTP server to hand it requests: see {@link attach}, or call {@link handleRequest}
 * and {@link handleUpgrade}.
 *
 * Emits `connection(socket)`, `initial_headers(headers, request)`, `headers(headers, request)` and
 * `connection_error({ req, code, message, context })`.
 */
export class Server extends EventEmitter {
  /** Codes of the protocol's errors, as in `connection_error`, by their names. */
  static readonly errors = ERRORS;
  /** What clients are told, by code. */
  static readonly errorMessages = ERROR_MESSAGES;

  /** The options, defaults filled in. A change to them changes nothing. */
  opts: ServerOptions;
  /** The HTTP server attached to, or made by `listen`. */
  httpServer: AnyHttpServer | undefined = undefined;
  readonly #options: ResolvedServerOptions;
  readonly #sockets = new Map<string, Socket>();
  readonly #middlewares: Middleware[] = [];
  readonly #context: SocketContext;
  readonly #host: HttpHost & UpgradeHost;
  readonly #attachments = new Set<Attachment>();
  #isClosed = false;

  /** @throws {TypeError} naming every option that is not as it must be. */
  constructor(options: ServerOptions = {}) {
    super();
    this.#options = resolveOptions(SERVER_OPTIONS, givenOf(options));
    this.opts = { ...options, ...this.#options };
    const { pingInterval, pingTimeout, upgradeTimeout, maxSendBufferBytes, onBufferFull } = this.#options;
    this.#context = {
      clock: systemClock,
      heartbeat: new Heartbeat(systemClock, pingInterval, pingTimeout),
      upgradeTimeoutMs: upgradeTimeout,
      maxSendBufferBytes,
      onBufferFull,
      forget: ({ id }, reason) => {
        this.#sockets.delete(id);
        debug("session %s closed: %s", id, reason);
      },
    };
    const { maxHttpBufferSize, httpCompression, cookie } = this.#options;
    this.#host = {
      clock: systemClock,
      maxHttpBufferSize,
      compressor: httpCompression === false ? undefined : new BodyCompressor(httpCompression),
      acceptor: createAcceptor(this.#options),
      cookieFor: cookie === false ? undefined : (id) => sessionCookie(id, cookie),
      prepareHeaders: (headers, request, isInitial) => this.#prepareHeaders(headers, request, isInitial),
    };
    if (this.#options.cors !== false) this.use(cors(this.#options.cors === true ? {} : this.#options.cors));
  }

  /** Number of sockets. */
  get clientsCount(): number {
    return this.#sockets.size;
  }

  /** The server of the option `wsEngine`, when there is one. */
  get ws(): unknown {
    return this.#host.acceptor.engine;
  }

  /** All sockets by id. */
  get clients(): Readonly<Record<string, Socket>> {
    return recordOf(this.#sockets);
  }

  /** Adds a middleware, run for every request and every upgrade before it is looked at. */
  use(middleware: Middleware): this {
    this.#middlewares.push(middleware);
    return this;
  }

  /** Makes the id of a new session. May be replaced; the ids must be unique and hard to guess. */
  generateId(_request: IncomingMessage): string | PromiseLike<string> {
    return randomBytes(ID_BYTES).toString("base64url");
  }

  /** Takes the requests of `httpServer` below the path of the options. */
  attach(httpServer: AnyHttpServer, options: AttachOptions = {}): this {
    this.#isClosed = false;
    this.httpServer ??= httpServer;
    const onClosed = () => this.#onHttpServerClosed(httpServer);
    const detach = attachTo(httpServer, this, options);
    httpServer.once("close", onClosed);
    this.#attachments.add({
      httpServer,
      detach: () => {
        httpServer.off("close", onClosed);
        detach();
      },
    });
    return this;
  }

  /** Closes every session at once, and opens no more until attached again. The HTTP server stays as it is. */
  close(): this {
    this.#isClosed = true;
    this.#detach(() => true);
    deliver([...this.#sockets.values()], (socket) => socket.close(true));
    return this;
  }

  /** Takes an HTTP request: the handshake of a session on polling, a poll, or a post. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    carryResponse(request, response);
    this.#handle(new HttpExchange(this.#host, request, response, arrive(request)));
  }

  /**
   * Takes an upgrade request: a session on WebSocket, or the probe of one on polling.
   *
   * @param socket the connection, or the stream of an extended CONNECT over HTTP/2 (RFC 8441).
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const upgrade: UpgradeRequest = { handshake: handshakeOf(request, socket, head), head };
    this.#handle(new UpgradeExchange(this.#host, upgrade, arrive(upgrade.handshake.request)));
  }

  /** The transports that a session on `transport` may move to. */
  upgrades(transport: TransportName): TransportName[] {
    const { transports, allowUpgrades } = this.#options;
    if (!allowUpgrades || transport !== "polling") return [];
    return PollingTransport.upgradesTo.filter((name) => transports.includes(name));
  }

  #prepareHeaders(headers: AnswerHeaders, request: IncomingMessage, isInitial: boolean): void {
    if (isInitial) this.emit("initial_headers", headers, request);
    this.emit("headers", headers, request);
  }

  #handle(exchange: Exchange): void {
    runMiddlewares(this.#middlewares, exchange, (error) => {
      if (error !== undefined) {
        this.#refuse(exchange, new Refusal("BAD_REQUEST", { name: "MIDDLEWARE_FAILURE", error }));
        return;
      }
      const route = this.#check(exchange);
      if (route instanceof Refusal) this.#refuse(exchange, route);
      else if (route.sid === undefined) this.#admit(exchange, route);
      else exchange.join(route, this.#sockets.get(route.sid) as Socket);
    });
  }

  /** The sessions end with the last HTTP server. */
  #onHttpServerClosed(closed: AnyHttpServer): void {
    this.#detach(({ httpServer }) => httpServer === closed);
    if (this.#attachments.size === 0) this.close();
  }

  #detach(isMeant: (attachment: Attachment) => boolean): void {
    for (const attachment of [...this.#attachments].filter(isMeant)) {
      this.#attachments.delete(attachment);
      attachment.detach();
    }
  }

  #check({ request, query, channel }: Exchange): Route | Refusal {
    const { method, headers } = request;
    return checkRequest({ method, query, origin: headers.origin, channel }, this.#options, (sid) => {
      const socket = this.#sockets.get(sid);
      return socket && { revision: socket.protocol, transportName: socket.transport.name };
    });
  }

  /** Asks `allowRequest` whether a new session may be. */
  #admit(exchange: Exchange, route: Route): void {
    const { allowRequest } = this.#options;
    if (allowRequest === undefined) {
      this.#start(exchange, route);
      return;
    }
    let answered = false;
    allowRequest(exchange.request, (error, success) => {
      if (answered) return;
      answered = true;
      if (success) this.#start(exchange, route);
      else this.#refuse(exchange, new Refusal("FORBIDDEN", { message: error ?? undefined }));
    });
  }

  /** Makes the id of a new session, which may take its time, then begins it. */
  #start(exchange: Exchange, route: Route): void {
    const fail = (error: unknown) =>
      this.#refuse(exchange, new Refusal("BAD_REQUEST", { name: "ID_GENERATION_ERROR", error }));
    let id: string | PromiseLike<string>;
    try {
      id = this.generateId(exchange.request);
    } catch (error) {
      fail(error);
      return;
    }
    if (typeof id === "object") id.then((ready) => this.#begin(exchange, route, String(ready)), fail);
    else this.#begin(exchange, route, String(id));
  }

  #begin(exchange: Exchange, route: Route, id: string): void {
    // The server may have been closed while the application made up its mind.
    const refusal = this.#isClosed
      ? new Refusal("SERVER_CLOSED")
      : this.#sockets.has(id)
        ? new Refusal("BAD_REQUEST", { name: "ID_GENERATION_ERROR", id })
        : undefined;
    if (refusal !== undefined) {
      this.#refuse(exchange, refusal);
      return;
    }
    shareStrings(exchange.request);
    exchange.open(route, id, (transport) => {
      const socket = this.#open(id, transport, exchange.request);
      exchange.begin(transport);
      this.emit("connection", socket);
    });
  }

  #refuse(exchange: Exchange, refusal: Refusal): void {
    const { request: req } = exchange;
    const { code, message, context } = refusal;
    debug("refused %s %s: %s", req.method, req.url, message);
    exchange.refuse(refusal);
    this.emit("connection_error", { req, code, message, context });
  }

  #open(id: string, transport: Transport, request: IncomingMessage): Socket {
    const socket = new Socket(id, this, transport, request, this.#context);
    const { pingInterval, pingTimeout, maxHttpBufferSize, initialPacket } = this.#options;
    this.#sockets.set(id, socket);
    socket.open(
      JSON.stringify({
        sid: id,
        upgrades: this.upgrades(transport.name),
        pingInterval,
        pingTimeout,
        maxPayload: maxHttpBufferSize,
      }),
    );
    if (initialPacket !== undefined) socket.send(initialPacket);
    debug("session %s opened over %s, revision %d", id, transport.name, transport.codec.revision);
    return socket;
  }
}

/** `null` stands for an option that is not given, as many write it. */
const givenOf = (options: ServerOptions): ServerOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));

function sessionCookie(id: string, cookie: Exclude<ResolvedServerOptions["cookie"], false>): string {
  const { name = "io", ...options }: CookieOptions =
    typeof cookie === "string" ? { name: cookie } : cookie === true ? {} : cookie;
  return serialize(name, id, { path: "/", httpOnly: true, sameSite: "lax", ...options });
}
