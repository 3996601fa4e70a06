import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Query } from "./compat.ts";
import { ConnectResponse } from "./connect-response.ts";
import { Refusal } from "./errors.ts";
import { codecOf, type Exchange } from "./exchange.ts";
import type { AnswerHeaders, HeaderSource } from "./header-source.ts";
import type { Route } from "./request-check.ts";
import type { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";
import { WebSocketTransport } from "./transports/websocket.ts";
import type { UpgradeRequest, WebSocketAcceptor } from "./websocket-acceptor.ts";

/** All that an upgrade needs of the server. */
export interface UpgradeHost extends HeaderSource {
  readonly acceptor: WebSocketAcceptor;
}

/** A request for a WebSocket: a session of its own, or one to move to. */
export class UpgradeExchange implements Exchange {
  readonly channel = "websocket";
  readonly query: Query;
  readonly #host: UpgradeHost;
  readonly #upgrade: UpgradeRequest;
  #response: ServerResponse | undefined;

  constructor(host: UpgradeHost, upgrade: UpgradeRequest, query: Query) {
    this.#host = host;
    this.#upgrade = upgrade;
    this.query = query;
    // Until the connection has its own listener, a reset would be an unhandled error.
    this.#socket.on("error", ignoreError);
  }

  get request(): IncomingMessage {
    return this.#upgrade.handshake.request;
  }

  /** Made only when there is a middleware that wants it. */
  get response(): ServerResponse {
    this.#response ??= this.#isHttp2
      ? new ConnectResponse(this.request, (...answer) => this.#upgrade.handshake.refuse(...answer))
      : responseOn(this.request, this.#socket);
    return this.#response;
  }

  get isAnswered(): boolean {
    return this.#response !== undefined && (this.#response.headersSent || this.#response.writableEnded);
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  refuse(refusal: Refusal, headers: OutgoingHttpHeaders = {}): void {
    this.#takeBackSocket();
    this.#upgrade.handshake.refuse(refusal.status, JSON.stringify(refusal), {
      ...headers,
      "Content-Type": "application/json",
    });
  }

  open(route: Route, _newId: string, onOpen: (transport: Transport) => void): void {
    this.#accept(route, true, onOpen);
  }

  begin(): void {}

  join(route: Route, socket: Socket): void {
    this.#accept(route, false, (candidate) => {
      if (!socket.offer(candidate)) candidate.close("discard");
    });
  }

  get #socket(): Duplex {
    return this.#upgrade.handshake.socket;
  }

  get #isHttp2(): boolean {
    return this.request.httpVersionMajor > 1;
  }

  #accept(route: Route, isInitial: boolean, onAccepted: (transport: Transport) => void): void {
    this.#takeBackSocket();
    const headers: AnswerHeaders = {};
    this.#host.prepareHeaders(headers, this.request, isInitial);
    const lines = [...headerLines(this.#response?.getHeaders() ?? {}), ...headerLines(headers)];
    const error = this.#host.acceptor.accept(this.#upgrade, lines, (link) => {
      this.#socket.off("error", ignoreError);
      onAccepted(new WebSocketTransport(codecOf(route), link));
    });
    if (error !== undefined)
      this.refuse(new Refusal("BAD_REQUEST", { name: "WEBSOCKET_HANDSHAKE_ERROR", error }), error.headers);
  }

  #takeBackSocket(): void {
    if (this.#isHttp2) return;
    const socket = this.#response?.socket;
    if (socket) this.#response?.detachSocket(socket);
  }
}

function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  // Only a middleware that answers by itself ever finishes this response.
  response.shouldKeepAlive = false;
  response.on("finish", () => socket.end());
  return response;
}

/** A header with several values, such as `Set-Cookie`, takes a line for each. */
const headerLines = (headers: OutgoingHttpHeaders): string[] =>
  Object.entries(headers).flatMap(([name, value = []]) => [value].flat().map((one) => `${name}: ${one}`));

function ignoreError(): void {
  // The connection that fails now was never ours to serve.
}
