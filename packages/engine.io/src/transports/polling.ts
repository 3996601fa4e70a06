import { isUtf8 } from "node:buffer";
import { type Clock, deliver, type TimerHandle } from "@towline/core";
import { type Codec, type EnginePacket, type PacketData, ProtocolError } from "@towline/engine.io-parser";
import { REFUSALS, TransportError } from "../errors.ts";
import {
  type CloseMode,
  DEAF_SINK,
  type OutgoingPacket,
  type Transport,
  type TransportName,
  type TransportSink,
} from "../transport.ts";
import type { HttpAnswer, HttpCall } from "./http-call.ts";
import { callbackIndex, decodeForm, encodeScript } from "./jsonp.ts";

const GOODBYE: OutgoingPacket = { type: "close" };
const NOTHING: OutgoingPacket = { type: "noop" };

const { code, status, message } = REFUSALS.BAD_REQUEST;
const BAD_REQUEST: HttpAnswer = {
  status,
  contentType: "application/json",
  body: JSON.stringify({ code, message }),
  compress: false,
  endsConnection: false,
};
const OK: HttpAnswer = {
  status: 200,
  contentType: "text/html",
  body: "ok",
  compress: false,
  endsConnection: false,
};
const NOT_ALLOWED: HttpAnswer = { ...OK, status: 405, contentType: "text/plain", body: "" };
/** The rest of the body is not read. */
const TOO_LARGE: HttpAnswer = { ...NOT_ALLOWED, status: 413, endsConnection: true };

export interface PollingOptions {
  readonly clock: Clock;
  readonly maxHttpBufferSize: number;
  /** How long a close waits for the poll that is to carry it, in milliseconds. */
  readonly closeTimeoutMs: number;
}

/** The query of the handshake that polling answers to. */
export interface PollingQuery {
  readonly b64?: unknown;
  readonly j?: unknown;
}

/** Packets down in answers to GET, up in bodies of POST. At most one of each is under way at a time. */
export class PollingTransport implements Transport {
  static readonly upgradesTo: TransportName[] = ["websocket", "webtransport"];
  readonly name = "polling";
  readonly codec: Codec;
  /** Bytes of the answer that is on its way. */
  bufferedAmount = 0;
  sink: TransportSink = DEAF_SINK;
  readonly #options: PollingOptions;
  readonly #supportsBinary: boolean;
  readonly #jsonpIndex: string | undefined;
  #poll: HttpCall | undefined;
  #post: { readonly call: HttpCall; stop(): void } | undefined;
  #closeTimer: TimerHandle;

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
  onRequest(call: HttpCall): void {
    // Whoever opened the session has ended it already, before the first request was answered.
    if (this.sink === DEAF_SINK) call.answer(BAD_REQUEST);
    else if (call.method === "GET") this.#onPoll(call);
    else if (call.method === "POST") this.#onPost(call);
    else call.answer(NOT_ALLOWED);
  }

  send(packets: readonly OutgoingPacket[]): void {
    const poll = this.#poll;
    if (poll === undefined) throw new Error("polling transport is not writable: no poll waits for an answer");
    this.#poll = undefined;
    const compress = packets.some(({ options }) => options?.compress !== false);
    const answer = this.#toAnswer(this.codec.encodePayload(packets, this.#supportsBinary), compress);
    this.bufferedAmount = answer.body.length;
    poll.answer(answer);
  }

  close(mode: CloseMode): void {
    if (mode !== "graceful") {
      this.#forgetTimer();
      if (this.#poll !== undefined) this.send([mode === "abort" ? GOODBYE : NOTHING]);
      this.#dropPost();
    } else if (this.#poll !== undefined) {
      this.send([GOODBYE]);
      this.sink.onClose();
    } else {
      const { clock, closeTimeoutMs } = this.#options;
      this.#closeTimer ??= clock.setTimeout(() => this.sink.onClose(), closeTimeoutMs);
    }
  }

  #onPoll(call: HttpCall): void {
    if (this.#poll !== undefined) {
      call.answer(BAD_REQUEST);
      this.sink.onClose(new TransportError("overlap from client"));
      return;
    }
    if (call.isGone) {
      // The client left while a middleware took its time: there will be no event of it any more.
      this.sink.onClose(new TransportError("poll connection closed prematurely"));
      return;
    }
    this.#poll = call;
    call.whenOver((isWritten) => this.#onPollOver(call, isWritten));
    if (this.#closeTimer === undefined) this.sink.onWritable();
    else {
      this.#forgetTimer();
      this.close("graceful");
    }
  }

  /** What the client has not read of an answer is lost, and with it the session. */
  #onPollOver(call: HttpCall, isWritten: boolean): void {
    if (this.#poll === call) this.#poll = undefined;
    this.bufferedAmount = 0;
    if (isWritten) this.sink.onFlushed();
    else this.sink.onClose(new TransportError("poll connection closed prematurely"));
  }

  #onPost(call: HttpCall): void {
    if (this.#post !== undefined || (call.isBinary && this.codec.revision === 4)) {
      const fault = this.#post !== undefined ? "data request overlap from client" : "invalid content";
      call.answer(BAD_REQUEST);
      this.sink.onClose(new TransportError(fault));
      return;
    }
    const post = { call, stop: () => {} };
    this.#post = post;
    post.stop = call.readBody(this.#options.maxHttpBufferSize, (outcome) => {
      this.#post = undefined;
      if (outcome.kind === "complete") this.#onBody(call, outcome.body);
      else if (outcome.kind === "too large") this.#onTooLarge(call);
      else if (outcome.kind === "taken") this.#onBodyTaken(call);
      else this.sink.onClose(new TransportError("data request connection closed prematurely"));
    });
  }

  #onBody(call: HttpCall, body: Buffer): void {
    let packets: EnginePacket[];
    try {
      packets = this.codec.decodePayload(call.isBinary ? body : this.#textOf(body));
    } catch (error) {
      call.answer(BAD_REQUEST);
      this.sink.onClose(error as ProtocolError);
      return;
    }
    try {
      deliver(packets, ({ type, data }) => this.sink.onPacket(type, data));
    } finally {
      // A listener that throws is its owner's affair: the client gets its answer.
      call.answer(OK);
    }
  }

  #textOf(body: Buffer): string {
    if (!isUtf8(body)) throw new ProtocolError("EIO_BAD_UTF8");
    const text = body.toString("utf8");
    return this.#jsonpIndex === undefined ? text : (decodeForm(text) ?? "");
  }

  #onBodyTaken(call: HttpCall): void {
    call.answer(BAD_REQUEST);
    this.sink.onClose(
      new TransportError("somebody else has read the body: put Engine.IO before what parses bodies"),
    );
  }

  #onTooLarge(call: HttpCall): void {
    call.answer(TOO_LARGE);
    this.sink.onClose(
      new TransportError(`payload larger than maxHttpBufferSize (${this.#options.maxHttpBufferSize} bytes)`),
    );
  }

  /** Nobody is left to take what the rest of a body would bring: says so now, and ends the connection. */
  #dropPost(): void {
    const post = this.#post;
    if (post === undefined) return;
    this.#post = undefined;
    post.stop();
    post.call.answer({ ...BAD_REQUEST, endsConnection: true });
  }

  #forgetTimer(): void {
    this.#options.clock.clearTimeout(this.#closeTimer);
    this.#closeTimer = undefined;
  }

  #toAnswer(payload: PacketData, compress: boolean): HttpAnswer {
    const isScript = this.#jsonpIndex !== undefined;
    const contentType = isScript
      ? "text/javascript; charset=UTF-8"
      : typeof payload === "string"
        ? "text/plain; charset=UTF-8"
        : "application/octet-stream";
    const body = isScript ? encodeScript(this.#jsonpIndex as string, payload as string) : payload;
    return { status: 200, contentType, body, compress, endsConnection: false };
  }
}
