import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";

/** Takes an answer that is complete. */
export type AnswerConnect = (status: number, body: string, headers: OutgoingHttpHeaders) => void;

type Callback = () => void;

/**
 * The answer to an extended CONNECT as middlewares know answers. A `ServerResponse` would write HTTP/1.1, and that of
 * `http2` may be there once for a stream, so this one only keeps what it is given.
 */
export class ConnectResponse extends ServerResponse {
  readonly #onAnswer: AnswerConnect;
  #body = "";

  constructor(request: IncomingMessage, onAnswer: AnswerConnect) {
    super(request);
    this.#onAnswer = onAnswer;
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    this.statusCode = status;
    for (const [name, value] of Object.entries(rest.at(-1) ?? {})) this.setHeader(name, value);
    return this;
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    this.#body += textOf(chunk);
    callBack(rest);
    return true;
  }

  override end(...given: unknown[]): this {
    if (this.finished) return this;
    this.finished = true;
    this.#body += textOf(given[0]);
    this.#onAnswer(this.statusCode, this.#body, this.getHeaders());
    callBack(given);
    process.nextTick(() => this.emit("finish"));
    return this;
  }
}

const textOf = (chunk: unknown): string =>
  typeof chunk === "string" ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : "";

function callBack(given: readonly unknown[]): void {
  const last = given.at(-1);
  if (typeof last === "function") process.nextTick(last as Callback);
}
