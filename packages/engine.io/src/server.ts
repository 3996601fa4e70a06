import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { deliver, systemClock } from "@towline/core";
import { serialize } from "cookie";
import cors from "cors";
import createDebug from "debug";
import { askWhetherAllowed, makeId } from "./admission.ts";
import { BodyCompressor } from "./body-compressor.ts";
import { carryResponse, ERROR_MESSAGES, ERRORS, type Query, queryOf, recordOf } from "./compat.ts";
import { Refusal } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { AnswerHeaders } from "./header-source.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HttpExchange, type HttpHost } from "./http-exchange.ts";
import { type AnyHttpServer, attachTo, handshakeOf } from "./http-routes.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import { randomId } from "./random-id.ts";
import { checkRequest, type Route } from "./request-check.ts";
import {
  type AttachOptions,
  type CookieOptions,
  type ResolvedServerOptions,
  resolveServerOptions,
  type ServerOptions,
} from "./server-options.ts";
import { shareStrings } from "./shared-strings.ts";
import { Socket, type SocketContext } from "./socket.ts";
import { surface } from "./surface.ts";
import type { Transport, TransportName } from "./transport.ts";
import { PollingTransport } from "./transports/polling.ts";
import { UpgradeExchange, type UpgradeHost } from "./upgrade-exchange.ts";
import { createAcceptor, type UpgradeRequest } from "./websocket-acceptor.ts";
import { WebTransportArrivals } from "./webtransport-arrivals.ts";
import { WebTransportExchange, type WebTransportHost } from "./webtransport-exchange.ts";
import { toWebTransportSession } from "./webtransport-types.ts";

const debug = createDebug("engine");

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
  readonly #host: HttpHost & UpgradeHost & WebTransportHost;
  readonly #arrivals: WebTransportArrivals;
  readonly #handshakeOver: Readonly<Record<TransportName, string>>;
  readonly #attachments = new Set<Attachment>();
  #isClosed = false;

  /** @throws {TypeError} naming every option that is not as it must be. */
  constructor(options: ServerOptions = {}) {
    super();
    this.#options = resolveServerOptions(options);
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
    this.#handshakeOver = {
      polling: this.#handshakeRest("polling"),
      websocket: this.#handshakeRest("websocket"),
      webtransport: this.#handshakeRest("webtransport"),
    };
    const { maxHttpBufferSize, httpCompression, cookie } = this.#options;
    this.#host = {
      clock: systemClock,
      maxHttpBufferSize,
      maxSendBufferBytes,
      compressor: httpCompression === false ? undefined : new BodyCompressor(httpCompression),
      acceptor: createAcceptor(this.#options),
      cookieFor: cookie === false ? undefined : (id) => sessionCookie(id, cookie),
      prepareHeaders: (headers, request, isInitial) => this.#prepareHeaders(headers, request, isInitial),
    };
    this.#arrivals = new WebTransportArrivals({
      clock: systemClock,
      upgradeTimeoutMs: upgradeTimeout,
      maxHttpBufferSize,
    });
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
    return randomId();
  }

  /** Takes the requests of `httpServer` below the path of the options. */
  attach(httpServer: AnyHttpServer, options: AttachOptions = {}): this {
    if (this.#isClosed) this.#detach(() => true);
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

  /**
   * Closes every session at once, and opens no more until attached again: clients are told so. The HTTP server stays as it
   * is.
   */
  close(): this {
    this.#isClosed = true;
    this.#arrivals.close();
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

  /**
   * Takes a session of WebTransport, as a server of HTTP/3 hands it out: a session of its own, or the probe of one on
   * polling. It is closed when "webtransport" is not on offer, or when it does not say within `upgradeTimeout` what it wants.
   *
   * @returns a promise that settles when the session has said so, or was closed; rejected with a `TypeError` for an object
   *   that is no session.
   * @example
   * for await (const session of http3Server.sessionStream("/engine.io/")) server.onWebTransportSession(session);
   */
  async onWebTransportSession(session: object): Promise<void> {
    const arrival = await this.#arrivals.receive(toWebTransportSession(session));
    if (arrival === undefined) {
      debug("a WebTransport session ended before it said what it wants");
      return;
    }
    const exchange = new WebTransportExchange(this.#host, arrival);
    arrive(exchange.request);
    try {
      this.#handle(exchange);
    } catch (error) {
      surface(error);
    }
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
    // Most servers have none, and each poll comes through here.
    if (this.#middlewares.length === 0) this.#route(exchange);
    else
      runMiddlewares(this.#middlewares, exchange, (error) => {
        if (exchange.isAnswered) return;
        if (error === undefined) this.#route(exchange);
        else this.#refuse(exchange, new Refusal("BAD_REQUEST", { name: "MIDDLEWARE_FAILURE", error }));
      });
  }

  #route(exchange: Exchange): void {
    const route = this.#check(exchange);
    if (route instanceof Refusal) this.#refuse(exchange, route);
    else if (route.sid === undefined) this.#admit(exchange, route);
    else exchange.join(route, this.#sockets.get(route.sid) as Socket);
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
    const { headers, httpVersionMajor } = request;
    // RFC 8441 §5: over HTTP/2 it is a CONNECT that takes the place of the GET.
    const method = channel === "websocket" && httpVersionMajor > 1 ? "GET" : request.method;
    return checkRequest({ method, query, origin: headers.origin, channel }, this.#options, this.#sockets);
  }

  /** Lets a new session begin, if the application allows it. */
  #admit(exchange: Exchange, route: Route): void {
    const { allowRequest } = this.#options;
    if (allowRequest === undefined) this.#start(exchange, route);
    else
      askWhetherAllowed(allowRequest, exchange.request, (refusal) => {
        if (refusal === undefined) this.#start(exchange, route);
        else this.#refuse(exchange, refusal);
      });
  }

  #start(exchange: Exchange, route: Route): void {
    const generate = () => this.generateId(exchange.request);
    makeId(generate, (result) => {
      if (result instanceof Refusal) this.#refuse(exchange, result);
      else this.#begin(exchange, route, result);
    });
  }

  #begin(exchange: Exchange, route: Route, id: string): void {
    // The client may have left, or the server been closed, while the application made up its mind.
    if (exchange.isGone) return;
    const refusal = this.#whyNot(id);
    if (refusal !== undefined) {
      this.#refuse(exchange, refusal);
      return;
    }
    shareStrings(exchange.request);
    exchange.open(route, id, (transport) => {
      // The same may have happened while a WebSocket engine took its time.
      if (this.#whyNot(id) !== undefined) {
        transport.close("abort");
        return;
      }
      const socket = this.#open(id, transport, exchange.request);
      exchange.begin(transport);
      if (socket.readyState === "open") this.emit("connection", socket);
    });
  }

  #whyNot(id: string): Refusal | undefined {
    if (this.#isClosed) return new Refusal("SERVER_CLOSED");
    return this.#sockets.has(id)
      ? new Refusal("BAD_REQUEST", { name: "ID_GENERATION_ERROR", id })
      : undefined;
  }

  /** The rest of a handshake behind the id, as JSON: it is the same for all sessions. */
  #handshakeRest(transport: TransportName): string {
    const { pingInterval, pingTimeout, maxHttpBufferSize: maxPayload } = this.#options;
    const upgrades = this.upgrades(transport);
    return JSON.stringify({ upgrades, pingInterval, pingTimeout, maxPayload }).slice(1);
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
    const { initialPacket } = this.#options;
    this.#sockets.set(id, socket);
    socket.open(`{"sid":${JSON.stringify(id)},${this.#handshakeOver[transport.name]}`);
    if (initialPacket !== undefined && initialPacket !== "") socket.send(initialPacket);
    debug("session %s opened over %s, revision %d", id, transport.name, transport.codec.revision);
    return socket;
  }
}

function sessionCookie(id: string, { name, ...options }: CookieOptions & { readonly name: string }): string {
  return serialize(name, id, options);
}
