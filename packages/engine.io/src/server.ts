import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { type Server as HttpServer, type IncomingMessage, ServerResponse } from "node:http";
import { type ParsedUrlQuery, parse } from "node:querystring";
import type { Duplex } from "node:stream";
import { resolveOptions, systemClock } from "@towline/core";
import { revision3, revision4 } from "@towline/engine.io-parser";
import { acceptUpgrade, HandshakeError, refuseUpgrade } from "@towline/websocket";
import { serialize } from "cookie";
import cors from "cors";
import createDebug from "debug";
import { carryQuery } from "./compat.ts";
import { Refusal } from "./errors.ts";
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
import { PollingTransport } from "./transports/polling.ts";
import { WebSocketTransport } from "./transports/websocket.ts";

const debug = createDebug("engine");

/** Base64url of 15 random bytes: 20 characters that nobody guesses. */
const ID_BYTES = 15;
/** How long a close waits for the client's next poll. */
const POLLING_CLOSE_TIMEOUT_MS = 30_000;

const codecOf = (revision: 3 | 4) => (revision === 3 ? revision3 : revision4);

function queryOf(request: IncomingMessage): ParsedUrlQuery {
  const { url = "" } = request;
  const start = url.indexOf("?");
  return parse(start === -1 ? "" : url.slice(start + 1));
}

/**
 * An Engine.IO server. It needs an HTTP server to hand it requests: see {@link attach}, or call {@link handleRequest}
 * and {@link handleUpgrade}.
 *
 * Emits `connection(socket)`, `initial_headers(headers, request)`, `headers(headers, request)` and
 * `connection_error({ req, code, message, context })`.
 */
export class Server extends EventEmitter {
  readonly opts: ResolvedServerOptions;
  readonly #sockets = new Map<string, Socket>();
  readonly #middlewares: Middleware[] = [];
  readonly #context: SocketContext;
  #detach: (() => void) | undefined;

  /** @throws {TypeError} naming every option that is not as it must be. */
  constructor(options: ServerOptions = {}) {
    super();
    this.opts = resolveOptions(SERVER_OPTIONS, options);
    const { pingInterval, pingTimeout, upgradeTimeout } = this.opts;
    this.#context = {
      clock: systemClock,
      heartbeat: new Heartbeat(systemClock, pingInterval, pingTimeout),
      upgradeTimeoutMs: upgradeTimeout,
      forget: (id, reason) => {
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
    this.#detach = attachTo(httpServer, this, options);
    httpServer.once("close", () => this.close());
    return this;
  }

  /** Closes every session at once. The HTTP server stays as it is. */
  close(): this {
    this.#detach?.();
    this.#detach = undefined;
    for (const socket of [...this.#sockets.values()]) socket.close(true);
    return this;
  }

  /** Takes an HTTP request: the handshake of a session on polling, a poll, or a post. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const query = this.#arrive(request);
    const refuse = (refusal: Refusal) => {
      this.#report(request, refusal);
      response.writeHead(refusal.status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(refusal));
    };
    runMiddlewares(this.#middlewares, request, response, (error) => {
      if (error !== undefined) return refuse(middlewareFailure(error));
      const route = this.#check(request, query, false);
      if (route instanceof Refusal) refuse(route);
      else if (route.sid !== undefined) this.#pollingOf(route.sid).onRequest(request, response);
      else
        this.#admit(request, refuse, (id) => {
          const transport = new PollingTransport(codecOf(route.revision), query, {
            maxHttpBufferSize: this.opts.maxHttpBufferSize,
            closeTimeoutMs: POLLING_CLOSE_TIMEOUT_MS,
            prepareHeaders: (headers, sent) =>
              this.#prepareHeaders(headers, sent, sent === request ? id : undefined),
          });
          const socket = this.#open(id, transport, request);
          transport.onRequest(request, response);
          this.#announce(socket);
        });
    });
  }

  /** Takes an upgrade request: a session on WebSocket, or the probe of one on polling. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = this.#arrive(request);
    const ignoreError = () => {};
    // Until the connection has its own listener, a reset would be an unhandled error.
    socket.on("error", ignoreError);
    const response = new ServerResponse(request);
    if (this.#middlewares.length > 0)
      response.assignSocket(socket as Parameters<typeof response.assignSocket>[0]);
    const refuse = (refusal: Refusal) => {
      this.#report(request, refusal);
      if (response.socket !== null) response.detachSocket(response.socket);
      refuseUpgrade(socket, refusal.status, JSON.stringify(refusal), { "Content-Type": "application/json" });
    };
    runMiddlewares(this.#middlewares, request, response, (error) => {
      if (error !== undefined) return refuse(middlewareFailure(error));
      const route = this.#check(request, query, true);
      if (route instanceof Refusal) return refuse(route);
      const accept = (id: string | undefined): Transport | undefined => {
        if (response.socket !== null) response.detachSocket(response.socket);
        const transport = this.#acceptWebSocket(
          request,
          socket,
          head,
          route,
          headersOf(response),
          id,
          refuse,
        );
        socket.off("error", ignoreError);
        return transport;
      };
      if (route.sid === undefined) {
        this.#admit(request, refuse, (id) => {
          const transport = accept(id);
          if (transport !== undefined) this.#announce(this.#open(id, transport, request));
        });
      } else {
        const session = this.#sockets.get(route.sid);
        const candidate = accept(undefined);
        if (candidate !== undefined && session?.offer(candidate) !== true) candidate.close("discard");
      }
    });
  }

  #arrive(request: IncomingMessage): ParsedUrlQuery {
    const query = queryOf(request);
    carryQuery(request, query);
    debug("%s %s", request.method, request.url);
    return query;
  }

  #check(request: IncomingMessage, query: ParsedUrlQuery, isUpgrade: boolean): Route | Refusal {
    const { method, headers } = request;
    return checkRequest({ method, query, origin: headers.origin, isUpgrade }, this.opts, (sid) => {
      const socket = this.#sockets.get(sid);
      return socket && { revision: socket.protocol, transportName: socket.transport.name };
    });
  }

  /** Asks `allowRequest`, then makes an id. */
  #admit(
    request: IncomingMessage,
    refuse: (refusal: Refusal) => void,
    onAdmitted: (id: string) => void,
  ): void {
    const admit = async () => {
      let id: string;
      try {
        id = await this.generateId(request);
      } catch (error) {
        return refuse(new Refusal("BAD_REQUEST", { name: "ID_GENERATION_ERROR", error }));
      }
      onAdmitted(id);
    };
    const { allowRequest } = this.opts;
    if (allowRequest === undefined) {
      void admit();
      return;
    }
    let answered = false;
    allowRequest(request, (error, success) => {
      if (answered) return;
      answered = true;
      if (success) void admit();
      else refuse(new Refusal("FORBIDDEN", { message: error ?? undefined }));
    });
  }

  /** The transport of a session that the check has found to be on polling. */
  #pollingOf(sid: string): PollingTransport {
    return this.#sockets.get(sid)?.transport as PollingTransport;
  }

  #acceptWebSocket(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    route: Route,
    extraHeaders: Record<string, string>,
    newId: string | undefined,
    refuse: (refusal: Refusal) => void,
  ): Transport | undefined {
    this.#prepareHeaders(extraHeaders, request, newId);
    const headers = Object.entries(extraHeaders).map(([name, value]) => `${name}: ${value}`);
    try {
      const options = { maxPayload: this.opts.maxHttpBufferSize, headers };
      const connection = acceptUpgrade(request, socket, head, options, {
        onText() {},
        onBinary() {},
        onClose() {},
      });
      return new WebSocketTransport(codecOf(route.revision), connection);
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      refuse(new Refusal("BAD_REQUEST", { name: "WEBSOCKET_HANDSHAKE_ERROR", error }));
      return undefined;
    }
  }

  #prepareHeaders(
    headers: Record<string, string>,
    request: IncomingMessage,
    newId: string | undefined,
  ): void {
    if (newId !== undefined) {
      const { cookie } = this.opts;
      if (cookie !== false) headers["Set-Cookie"] = sessionCookie(newId, cookie);
      this.emit("initial_headers", headers, request);
    }
    this.emit("headers", headers, request);
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

  #announce(socket: Socket): void {
    this.emit("connection", socket);
  }

  #report(req: IncomingMessage, { code, message, context }: Refusal): void {
    debug("refused %s %s: %s", req.method, req.url, message);
    this.emit("connection_error", { req, code, message, context });
  }
}

const middlewareFailure = (error: unknown) =>
  new Refusal("BAD_REQUEST", { name: "MIDDLEWARE_FAILURE", error });

const headersOf = (response: ServerResponse): Record<string, string> =>
  Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));

function sessionCookie(id: string, cookie: Exclude<ResolvedServerOptions["cookie"], false>): string {
  const { name = "io", ...options }: CookieOptions =
    typeof cookie === "string" ? { name: cookie } : cookie === true ? {} : cookie;
  return serialize(name, id, { path: "/", httpOnly: true, sameSite: "lax", ...options });
}
