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
    for (const [name, value] of fieldsOf(rest.at(-1))) this.setHeader(name, value);
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

/** The last argument of `writeHead`: an object, names and values by turns, or only the reason phrase, which HTTP/2 has none of. */
function fieldsOf(headers: unknown): [string, string][] {
  if (typeof headers !== "object" || headers === null) return [];
  if (!Array.isArray(headers)) return Object.entries(headers);
  return headers.flatMap((name, i) => (i % 2 === 0 ? [[String(name), headers[i + 1]]] : []));
}

const textOf = (chunk: unknown): string =>
  typeof chunk === "string" ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : "";

function callBack(given: readonly unknown[]): void {
  const last = given.at(-1);
  if (typeof last === "function") process.nextTick(last as Callback);
}
