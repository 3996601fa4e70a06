import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Clock } from "@towline/core";
import type { BodyCompressor } from "./body-compressor.ts";
import { carryResponse, type Query } from "./compat.ts";
import type { Refusal } from "./errors.ts";
import { codecOf, type Exchange } from "./exchange.ts";
import type { AnswerHeaders, HeaderSource } from "./header-source.ts";
import type { Route } from "./request-check.ts";
import type { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";
import type { HttpAnswer, HttpCall } from "./transports/http-call.ts";
import { PollingTransport } from "./transports/polling.ts";
import { type BodyOutcome, readBody } from "./transports/request-body.ts";

/** How long a close waits for the client's next poll. */
const POLLING_CLOSE_TIMEOUT_MS = 30_000;

/** All that polling needs of the server. */
export interface HttpHost extends HeaderSource {
  readonly clock: Clock;
  readonly maxHttpBufferSize: number;
  readonly compressor: BodyCompressor | undefined;
  /** Gives the cookie that a new session on polling sets, when it does. */
  readonly cookieFor: ((newId: string) => string) | undefined;
}

/** A request of polling, over HTTP/1.1 or HTTP/2. */
export class HttpExchange implements Exchange, HttpCall {
  readonly channel = "polling";
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: Query;
  readonly #host: HttpHost;
  #newId: string | undefined;

  constructor(host: HttpHost, request: IncomingMessage, response: ServerResponse, query: Query) {
    this.#host = host;
    this.request = request;
    this.response = response;
    this.query = query;
  }

  get method(): string | undefined {
    return this.request.method;
  }

  get isBinary(): boolean {
    return this.request.headers["content-type"] === "application/octet-stream";
  }

  get isAnswered(): boolean {
    return this.response.headersSent || this.response.writableEnded;
  }

  get isGone(): boolean {
    return streamOf(this.response)?.destroyed ?? this.response.destroyed;
  }

  refuse(refusal: Refusal): void {
    this.response.writeHead(refusal.status, { "Content-Type": "application/json" });
    this.response.end(JSON.stringify(refusal));
  }

  open(route: Route, newId: string, onOpen: (transport: Transport) => void): void {
    this.#newId = newId;
    const { clock, maxHttpBufferSize } = this.#host;
    const options = { clock, maxHttpBufferSize, closeTimeoutMs: POLLING_CLOSE_TIMEOUT_MS };
    onOpen(new PollingTransport(codecOf(route), this.query, options));
  }

  begin(transport: Transport): void {
    (transport as PollingTransport).onRequest(this);
  }

  join(_route: Route, socket: Socket): void {
    // The check lets a plain request pass only for a session on polling.
    (socket.transport as PollingTransport).onRequest(this);
  }

  whenOver(onEnd: (isWritten: boolean) => void): void {
    const { request, response } = this;
    response.on("close", () => {
      carryResponse(request, undefined);
      onEnd(isWritten(response));
    });
  }

  readBody(limitBytes: number, onOutcome: (outcome: BodyOutcome) => void): () => void {
    return readBody(this.request, limitBytes, onOutcome);
  }

  answer(answer: HttpAnswer): void {
    const { compressor } = this.#host;
    const encoding = answer.compress ? compressor?.encodingFor(this.request, answer.body) : undefined;
    if (encoding === undefined) this.#write(answer, answer.body, undefined);
    else
      compressor?.compress(encoding, answer.body, (error, body) => {
        if (error === null) this.#write(answer, body, encoding);
        else this.response.destroy(error);
      });
  }

  #write(
    { status, contentType, endsConnection }: HttpAnswer,
    body: string | Uint8Array,
    encoding: string | undefined,
  ): void {
    const { request, response } = this;
    const { cookieFor } = this.#host;
    const headers: AnswerHeaders = {
      "Content-Type": contentType,
      "Content-Length": Buffer.byteLength(body),
      "cache-control": "no-store",
    };
    if (encoding !== undefined) headers["Content-Encoding"] = encoding;
    if (endsConnection) this.#endConnection(headers);
    const isInitial = this.#newId !== undefined;
    if (this.#newId !== undefined && cookieFor !== undefined) headers["Set-Cookie"] = cookieFor(this.#newId);
    this.#host.prepareHeaders(headers, request, isInitial);
    response.writeHead(status, headers);
    response.end(body);
  }

  #endConnection(headers: AnswerHeaders): void {
    const stream = streamOf(this.response);
    if (stream === undefined) headers.Connection = "close";
    // RFC 9113 §8.1: after the whole answer, this tells a client to send no more of its request.
    else stream.once("finish", () => stream.close());
  }
}

/** A stream that is reset ends its writing side by itself. */
const isWritten = (response: ServerResponse): boolean =>
  response.writableEnded && (streamOf(response)?.writableFinished ?? response.writableFinished);

/** There is one in HTTP/2. */
const streamOf = (response: ServerResponse): ServerHttp2Stream | undefined =>
  (response as ServerResponse & { readonly stream?: ServerHttp2Stream }).stream;
