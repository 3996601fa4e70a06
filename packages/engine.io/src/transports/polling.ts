import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { deliver, inTurn } from "@towline/core";
import { type Codec, type Packet, type PacketData, ProtocolError } from "@towline/engine.io-parser";
import { REFUSALS } from "../errors.ts";
import {
  type CloseMode,
  DEAF_SINK,
  type OutgoingPacket,
  type Transport,
  type TransportSink,
} from "../transport.ts";
import { callbackIndex, decodeForm, encodeScript } from "./jsonp.ts";
import { readBody } from "./request-body.ts";

const GOODBYE: OutgoingPacket = { type: "close" };
const NOTHING: OutgoingPacket = { type: "noop" };

export interface PollingOptions {
  readonly maxHttpBufferSize: number;
  /** How long a close waits for the poll that is to carry it, in milliseconds. */
  readonly closeTimeoutMs: number;
  /** Lets the server add headers, and tell its listeners, before an answer goes out. */
  readonly prepareHeaders: (headers: Record<string, string>, request: IncomingMessage) => void;
}

/** The query of the handshake that polling answers to. */
export interface PollingQuery {
  readonly b64?: unknown;
  readonly j?: unknown;
}

/** Packets down in answers to GET, up in bodies of POST. At most one of each is under way at a time. */
export class PollingTransport implements Transport {
  readonly name = "polling";
  readonly codec: Codec;
  sink: TransportSink = DEAF_SINK;
  readonly #options: PollingOptions;
  readonly #supportsBinary: boolean;
  readonly #jsonpIndex: string | undefined;
  #poll: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  #post: { readonly request: IncomingMessage; readonly response: ServerResponse; stop(): void } | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(codec: Codec, query: PollingQuery, options: PollingOptions) {
    this.codec = codec;
    this.#options = options;
    this.#jsonpIndex = query.j === undefined ? undefined : callbackIndex(query.j);
    this.#supportsBinary = !query.b64 && this.#jsonpIndex === undefined;
  }

  get writable(): boolean {
    return this.#poll !== undefined && this.#closeTimer === undefined;
  }

  /** Takes one request of the session, and answers it in its time. */
  onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "GET") this.#onPoll(request, response);
    else if (request.method === "POST") this.#onPost(request, response);
    else this.#answer(request, response, 405, "text/plain", "");
  }

  send(packets: readonly OutgoingPacket[]): void {
    const poll = this.#poll;
    if (poll === undefined) throw new Error("polling transport is not writable: no poll waits for an answer");
    this.#poll = undefined;
    this.#answerPoll(poll, this.codec.encodePayload(packets, this.#supportsBinary));
  }

  close(mode: CloseMode): void {
    if (mode !== "graceful") {
      clearTimeout(this.#closeTimer);
      this.#closeTimer = undefined;
      if (this.#poll !== undefined) this.send([mode === "abort" ? GOODBYE : NOTHING]);
      this.#dropPost();
    } else if (this.#poll !== undefined) {
      this.send([GOODBYE]);
      this.sink.onClose();
    } else {
      this.#closeTimer ??= setTimeout(() => this.sink.onClose(), this.#options.closeTimeoutMs);
    }
  }

  #onPoll(request: IncomingMessage, response: ServerResponse): void {
    if (this.#poll !== undefined) {
      this.#refuse(request, response);
      this.sink.onClose(new Error("overlap from client"));
      return;
    }
    if (response.destroyed) {
      // The client left while a middleware took its time: there will be no event of it any more.
      this.sink.onClose(new Error("poll connection closed prematurely"));
      return;
    }
    const poll = { request, response };
    this.#poll = poll;
    response.on("close", () => {
      if (this.#poll !== poll) return;
      this.#poll = undefined;
      this.sink.onClose(new Error("poll connection closed prematurely"));
    });
    if (this.#closeTimer === undefined) this.sink.onWritable();
    else {
      clearTimeout(this.#closeTimer);
      this.#closeTimer = undefined;
      this.close("graceful");
    }
  }

  #onPost(request: IncomingMessage, response: ServerResponse): void {
    const isBinary = request.headers["content-type"] === "application/octet-stream";
    if (this.#post !== undefined || (isBinary && this.codec.revision === 4)) {
      const fault = this.#post !== undefined ? "data request overlap from client" : "invalid content";
      this.#refuse(request, response);
      this.sink.onClose(new Error(fault));
      return;
    }
    const post = { request, response, stop: () => {} };
    this.#post = post;
    post.stop = readBody(request, this.#options.maxHttpBufferSize, (outcome) => {
      this.#post = undefined;
      if (outcome.kind === "complete") this.#onBody(request, response, outcome.body, isBinary);
      else if (outcome.kind === "too large") this.#onTooLarge(request, response);
      else this.sink.onClose(new Error("data request connection closed prematurely"));
    });
  }

  #onBody(request: IncomingMessage, response: ServerResponse, body: Buffer, isBinary: boolean): void {
    let packets: Packet[];
    try {
      packets = this.codec.decodePayload(isBinary ? body : this.#textOf(body));
    } catch (error) {
      this.#refuse(request, response);
      this.sink.onClose(error as ProtocolError);
      return;
    }
    inTurn(
      () => deliver(packets, ({ type, data }) => this.sink.onPacket(type, data)),
      () => this.#answer(request, response, 200, "text/html", "ok"),
    );
  }

  #textOf(body: Buffer): string {
    if (!isUtf8(body)) throw new ProtocolError("EIO_BAD_UTF8");
    const text = body.toString("utf8");
    return this.#jsonpIndex === undefined ? text : (decodeForm(text) ?? "");
  }

  #onTooLarge(request: IncomingMessage, response: ServerResponse): void {
    // The rest of the body is not read: the connection ends with the answer.
    this.#answer(request, response, 413, "text/plain", "", { Connection: "close" });
    this.sink.onClose(
      new Error(`payload larger than maxHttpBufferSize (${this.#options.maxHttpBufferSize} bytes)`),
    );
  }

  /** Nobody is left to take what the rest of a body would bring: says so now, and ends the connection. */
  #dropPost(): void {
    const post = this.#post;
    if (post === undefined) return;
    this.#post = undefined;
    post.stop();
    this.#refuse(post.request, post.response, { Connection: "close" });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, more: Record<string, string> = {}): void {
    const { code, status, message } = REFUSALS.BAD_REQUEST;
    this.#answer(request, response, status, "application/json", JSON.stringify({ code, message }), more);
  }

  #answerPoll(
    { request, response }: { request: IncomingMessage; response: ServerResponse },
    payload: PacketData,
  ) {
    if (this.#jsonpIndex !== undefined) {
      const script = encodeScript(this.#jsonpIndex, payload as string);
      this.#answer(request, response, 200, "text/javascript; charset=UTF-8", script);
    } else {
      const type = typeof payload === "string" ? "text/plain; charset=UTF-8" : "application/octet-stream";
      this.#answer(request, response, 200, type, payload);
    }
  }

  #answer(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    contentType: string,
    body: PacketData,
    more: Record<string, string> = {},
  ): void {
    const headers: Record<string, string> = {
      "Content-Type": contentType,
      "Content-Length": String(Buffer.byteLength(body)),
      "cache-control": "no-store",
      ...more,
    };
    this.#options.prepareHeaders(headers, request);
    response.writeHead(status, headers);
    response.end(body);
  }
}
