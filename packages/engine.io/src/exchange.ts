import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import type { Duplex } from "node:stream";
import { revision3, revision4 } from "@towline/engine.io-parser";
import { acceptUpgrade, type Connection, HandshakeError, refuseUpgrade } from "@towline/websocket";
import { Refusal } from "./errors.ts";
import type { Route } from "./request-check.ts";
import type { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";
import { PollingTransport } from "./transports/polling.ts";
import { WebSocketTransport } from "./transports/websocket.ts";

/** How long a close waits for the client's next poll. */
const POLLING_CLOSE_TIMEOUT_MS = 30_000;

/** All that an exchange needs of the server. */
export interface ExchangeHost {
  readonly opts: { readonly maxHttpBufferSize: number; readonly maxSendBufferBytes: number };
  /**
   * Adds headers of the server and its listeners to an answer.
   *
   * @param newId id of the session that the answer opens.
   */
  prepareHeaders(headers: Record<string, string>, request: IncomingMessage, newId: string | undefined): void;
}

/** One request and its answer, plain or an upgrade: what the server does with it is the same. */
export interface Exchange {
  readonly request: IncomingMessage;
  /** For middlewares: what they put in its head goes out with the answer. */
  readonly response: ServerResponse;
  readonly query: ParsedUrlQuery;
  readonly isUpgrade: boolean;
  refuse(refusal: Refusal): void;
  /** Makes the transport of a new session; refuses by itself, and gives `undefined`, when that cannot be. */
  open(route: Route, newId: string): Transport | undefined;
  /** The session on that transport is open. */
  begin(transport: Transport): void;
  /** Brings the request to the session that it names. */
  join(route: Route, socket: Socket): void;
}

const codecOf = ({ revision }: Route) => (revision === 3 ? revision3 : revision4);

/** A request of polling. */
export class HttpExchange implements Exchange {
  readonly isUpgrade = false;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: ParsedUrlQuery;
  readonly #host: ExchangeHost;

  constructor(host: ExchangeHost, request: IncomingMessage, response: ServerResponse, query: ParsedUrlQuery) {
    this.#host = host;
    this.request = request;
    this.response = response;
    this.query = query;
  }

  refuse(refusal: Refusal): void {
    this.response.writeHead(refusal.status, { "Content-Type": "application/json" });
    this.response.end(JSON.stringify(refusal));
  }

  open(route: Route, newId: string): Transport {
    const { request } = this;
    const host = this.#host;
    return new PollingTransport(codecOf(route), this.query, {
      maxHttpBufferSize: host.opts.maxHttpBufferSize,
      closeTimeoutMs: POLLING_CLOSE_TIMEOUT_MS,
      prepareHeaders: (headers, answered) =>
        host.prepareHeaders(headers, answered, answered === request ? newId : undefined),
    });
  }

  begin(transport: Transport): void {
    (transport as PollingTransport).onRequest(this.request, this.response);
  }

  join(_route: Route, socket: Socket): void {
    // The check lets a plain request pass only for a session on polling.
    (socket.transport as PollingTransport).onRequest(this.request, this.response);
  }
}

/** A request for a WebSocket: a session of its own, or one to move to. */
export class UpgradeExchange implements Exchange {
  readonly isUpgrade = true;
  readonly request: IncomingMessage;
  readonly query: ParsedUrlQuery;
  readonly #host: ExchangeHost;
  readonly #socket: Duplex;
  readonly #head: Buffer;
  #response: ServerResponse | undefined;

  constructor(
    host: ExchangeHost,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    query: ParsedUrlQuery,
  ) {
    this.#host = host;
    this.request = request;
    this.query = query;
    this.#socket = socket;
    this.#head = head;
    // Until the connection has its own listener, a reset would be an unhandled error.
    socket.on("error", ignoreError);
  }

  /** Made only when there is a middleware that wants it. */
  get response(): ServerResponse {
    if (this.#response === undefined) {
      this.#response = new ServerResponse(this.request);
      this.#response.assignSocket(this.#socket as Parameters<ServerResponse["assignSocket"]>[0]);
      // Only a middleware that answers by itself ever finishes this response.
      this.#response.on("finish", () => this.#socket.end());
    }
    return this.#response;
  }

  refuse(refusal: Refusal): void {
    this.#takeBackSocket();
    refuseUpgrade(this.#socket, refusal.status, JSON.stringify(refusal), {
      "Content-Type": "application/json",
    });
  }

  open(route: Route, newId: string): Transport | undefined {
    return this.#accept(route, newId);
  }

  begin(): void {}

  join(route: Route, socket: Socket): void {
    const candidate = this.#accept(route, undefined);
    if (candidate !== undefined && !socket.offer(candidate)) candidate.close("discard");
  }

  #accept(route: Route, newId: string | undefined): Transport | undefined {
    this.#takeBackSocket();
    const headers: Record<string, string> = {};
    this.#host.prepareHeaders(headers, this.request, newId);
    const { maxHttpBufferSize, maxSendBufferBytes } = this.#host.opts;
    let connection: Connection;
    try {
      connection = acceptUpgrade(
        this.request,
        this.#socket,
        this.#head,
        {
          maxPayload: maxHttpBufferSize,
          maxBufferedAmount: maxSendBufferBytes,
          headers: [...headerLines(this.#response?.getHeaders() ?? {}), ...headerLines(headers)],
        },
        SILENT_SINK,
      );
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      this.refuse(new Refusal("BAD_REQUEST", { name: "WEBSOCKET_HANDSHAKE_ERROR", error }));
      return undefined;
    }
    this.#socket.off("error", ignoreError);
    return new WebSocketTransport(codecOf(route), connection);
  }

  #takeBackSocket(): void {
    const socket = this.#response?.socket;
    if (socket) this.#response?.detachSocket(socket);
  }
}

/** A header with several values, such as `Set-Cookie`, takes a line for each. */
const headerLines = (headers: OutgoingHttpHeaders): string[] =>
  Object.entries(headers).flatMap(([name, value = []]) => [value].flat().map((one) => `${name}: ${one}`));

/** For the moment until the transport puts itself in its place. */
const SILENT_SINK = { onText() {}, onBinary() {}, onClose() {} };

function ignoreError(): void {
  // The connection that fails now was never ours to serve.
}
