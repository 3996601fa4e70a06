import type { ServerResponse } from "node:http";
import type { Clock } from "@towline/core";
import { type Query, queryOf } from "./compat.ts";
import type { Refusal } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./request-check.ts";
import type { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";
import { WebTransportTransport } from "./transports/webtransport.ts";
import type { Arrival } from "./webtransport-arrivals.ts";
import { responseFor, WebTransportRequest } from "./webtransport-request.ts";

/** How long a close waits for a client that does not read. */
const CLOSE_TIMEOUT_MS = 30_000;

/** W3C WebTransport, `close`: a reason has 1024 bytes at most. A character of UTF-16 takes three at most. */
const REASON_LIMIT_CHARACTERS = 341;

/** All that a session of WebTransport needs of the server. */
export interface WebTransportHost {
  readonly clock: Clock;
  readonly maxSendBufferBytes: number;
}

/** The first packet of a session of WebTransport: it is to be a session of its own, or one to move to. */
export class WebTransportExchange implements Exchange {
  readonly channel = "webtransport";
  readonly request: WebTransportRequest;
  readonly query: Query;
  readonly #host: WebTransportHost;
  readonly #arrival: Arrival;
  #response: ServerResponse | undefined;

  constructor(host: WebTransportHost, arrival: Arrival) {
    this.#host = host;
    this.#arrival = arrival;
    this.request = new WebTransportRequest(arrival.link.session, arrival.sid);
    this.query = queryOf(this.request);
  }

  /** Made only when there is a middleware that wants it. */
  get response(): ServerResponse {
    this.#response ??= responseFor(this.request, () => this.#arrival.link.close());
    return this.#response;
  }

  get isAnswered(): boolean {
    return this.#response?.writableEnded ?? false;
  }

  get isGone(): boolean {
    return this.#arrival.link.isClosed;
  }

  refuse(refusal: Refusal): void {
    const { code, message } = refusal.toJSON();
    this.#arrival.link.close({ closeCode: code, reason: String(message).slice(0, REASON_LIMIT_CHARACTERS) });
  }

  open(_route: Route, _newId: string, onOpen: (transport: Transport) => void): void {
    onOpen(this.#newTransport());
  }

  begin(transport: Transport): void {
    (transport as WebTransportTransport).start();
  }

  join(_route: Route, socket: Socket): void {
    const candidate = this.#newTransport();
    if (socket.offer(candidate)) candidate.start();
    else candidate.close("discard");
  }

  #newTransport(): WebTransportTransport {
    const { clock, maxSendBufferBytes } = this.#host;
    const { link, packets } = this.#arrival;
    return new WebTransportTransport(link, packets, {
      clock,
      maxSendBufferBytes,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
    });
  }
}
