import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { type ParsedUrlQuery, parse } from "node:querystring";
import type { Duplex } from "node:stream";
import { deliver, resolveOptions, systemClock } from "@towline/core";
import { serialize } from "cookie";
import cors from "cors";
import createDebug from "debug";
import { carryQuery } from "./compat.ts";
import { Refusal } from "./errors.ts";
import { type Exchange, type ExchangeHost, HttpExchange, UpgradeExchange } from "./exchange.ts";
import { Heartbeat } from "./heartbeat.ts";
import { attachTo } from "./http-routes.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import { checkRequest, type Route } from "./request-check.ts";
import {
  type AttachOptions,
  type CookieOptions,
  type ResolvedServerOptions,
  SERVER_OPTIONS,
  type ServerOptions,
} from "./server-options.ts";
import { Socket, type SocketContext } from "./socket.ts";
import type { Transport } from "./transport.ts";

const debug = createDebug("engine");

/** Base64url of 15 random bytes: 20 characters that nobody guesses. */
const ID_BYTES = 15;

/** Parses the query of a request, and leaves it where middlewares and applications look for it. */
function arrive(request: IncomingMessage): ParsedUrlQuery {
  const { method, url = "" } = request;
  debug("%s %s", method, url);
  const start = url.indexOf("?");
  const query = parse(start === -1 ? "" : url.slice(start + 1));
  carryQuery(request, query);
  return query;
}

/**
 * An Engine.IO server. It needs an HTTP server to hand it requests: see {@link attach}, or call {@link handleRequest}
 * and {@link handleUpgrade}.
 *
 * Emits `connection(socket)`, `initial_headers(headers, request)`, `headers(headers, request)` and
 * `connection_error({ req, code, message, context })`.
 */
export class Server extends EventEmitter implements ExchangeHost {
  readonly opts: ResolvedServerOptions;
  readonly #sockets = new Map<string, Socket>();
  readonly #middlewares: Middleware[] = [];
  readonly #context: SocketContext;
  #detach: (() => void) | undefined;
  #isClosed = false;

  /** @throws {TypeError} naming every option that is not as it must be. */
  constructor(options: ServerOptions = {}) {
    super();
    this.opts = resolveOptions(SERVER_OPTIONS, options);
    const { pingInterval, pingTimeout, upgradeTimeout, maxSendBufferBytes } = this.opts;
    this.#context = {
      clock: systemClock,
      heartbeat: new Heartbeat(systemClock, pingInterval, pingTimeout),
      upgradeTimeoutMs: upgradeTimeout,
      maxSendBufferBytes,
      forget: ({ id }, reason) => {
        this.#sockets.delete(id);
        debug("session %s closed: %s", id, reason);
      },
    };
    if (this.opts.cors !== undefined) this.use(cors(this.opts.cors));
  }

  /** Number of sockets. */
  get clientsCount(): number {
    return this.#sockets.size;
  }

  /** All sockets by id: a copy, made when asked for. */
  get clients(): Record<string, Socket> {
    return Object.assign(Object.create(null), Object.fromEntries(this.#sockets));
  }

  /** Adds a middleware, run for every request and every upgrade before it is looked at. */
  use(middleware: Middleware): this {
    this.#middlewares.push(middleware);
    return this;
  }

  /** Makes the id of a new session. May be replaced; the ids must be unique and hard to guess. */
  generateId(_request: IncomingMessage): string | Promise<string> {
    return randomBytes(ID_BYTES).toString("base64url");
  }

  /** Takes the requests of `httpServer` below the path of the options. */
  attach(httpServer: HttpServer, options: AttachOptions = {}): this {
    this.#isClosed = false;
    this.#detach = attachTo(httpServer, this, options);
    httpServer.once("close", () => this.close());
    return this;
  }

  /** Closes every session at once, and opens no more until attached again. The HTTP server stays as it is. */
  close(): this {
    this.#isClosed = true;
    this.#detach?.();
    this.#detach = undefined;
    deliver([...this.#sockets.values()], (socket) => socket.close(true));
    return this;
  }

  /** Takes an HTTP request: the handshake of a session on polling, a poll, or a post. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#handle(new HttpExchange(this, request, response, arrive(request)));
  }

  /** Takes an upgrade request: a session on WebSocket, or the probe of one on polling. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#handle(new UpgradeExchange(this, request, socket, head, arrive(request)));
  }

  /** @internal Part of {@link ExchangeHost}. */
  prepareHeaders(headers: Record<string, string>, request: IncomingMessage, newId: string | undefined): void {
    if (newId !== undefined) {
      const { cookie } = this.opts;
      if (cookie !== false) headers["Set-Cookie"] = sessionCookie(newId, cookie);
      this.emit("initial_headers", headers, request);
    }
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

  #check({ request, query, isUpgrade }: Exchange): Route | Refusal {
    const { method, headers } = request;
    return checkRequest({ method, query, origin: headers.origin, isUpgrade }, this.opts, (sid) => {
      const socket = this.#sockets.get(sid);
      return socket && { revision: socket.protocol, transportName: socket.transport.name };
    });
  }

  /** Asks `allowRequest` whether a new session may be. */
  #admit(exchange: Exchange, route: Route): void {
    const { allowRequest } = this.opts;
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
    let id: string | Promise<string>;
    try {
      id = this.generateId(exchange.request);
    } catch (error) {
      fail(error);
      return;
    }
    if (typeof id === "string") this.#begin(exchange, route, id);
    else id.then((ready) => this.#begin(exchange, route, ready), fail);
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
    const transport = exchange.open(route, id);
    if (transport === undefined) return;
    const socket = this.#open(id, transport, exchange.request);
    exchange.begin(transport);
    this.emit("connection", socket);
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
    const { pingInterval, pingTimeout, maxHttpBufferSize, transports, allowUpgrades } = this.opts;
    const upgrades =
      allowUpgrades && transport.name === "polling" && transports.includes("websocket") ? ["websocket"] : [];
    this.#sockets.set(id, socket);
    socket.open(
      JSON.stringify({ sid: id, upgrades, pingInterval, pingTimeout, maxPayload: maxHttpBufferSize }),
    );
    debug("session %s opened over %s, revision %d", id, transport.name, transport.codec.revision);
    return socket;
  }
}

function sessionCookie(id: string, cookie: Exclude<ResolvedServerOptions["cookie"], false>): string {
  const { name = "io", ...options }: CookieOptions =
    typeof cookie === "string" ? { name: cookie } : cookie === true ? {} : cookie;
  return serialize(name, id, { path: "/", httpOnly: true, sameSite: "lax", ...options });
}
