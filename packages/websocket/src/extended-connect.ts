import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Http2ServerRequest, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { FullAgreement } from "./accept-upgrade.ts";
import { Connection } from "./connection.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { agreementLines, headerLines } from "./handshake.ts";
import { checkStatus } from "./refuse-upgrade.ts";

/** RFC 9113 §8.2.2: what says how an HTTP/1.1 connection is used has no place in HTTP/2. */
const CONNECTION_FIELDS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a request asks for a WebSocket in an HTTP/2 stream (RFC 8441 §5). */
export const isExtendedConnect = (headers: IncomingHttpHeaders): boolean =>
  headers[":method"] === "CONNECT" && headers[":protocol"] === "websocket";

/**
 * The request of a stream, as those who listen for requests know it: that of HTTP/2 has all that applications look at in
 * one of HTTP/1.1.
 */
export function requestOf(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[] = Object.entries(headers).flat().map(String),
): IncomingMessage {
  const request = new Http2ServerRequest(stream, headers, {}, rawHeaders);
  // The stream's errors are the connection's affair.
  request.on("error", ignore);
  return request as unknown as IncomingMessage;
}

/**
 * The lines of the answer that accepts a stream (RFC 8441 §5.1), its status first: 200 takes the place of 101, and no key
 * is answered.
 *
 * @throws {TypeError} as `agreementLines` does.
 */
export const streamLines = (agreement: FullAgreement): string[] => [
  ":status: 200",
  ...agreementLines(agreement),
];

/**
 * Accepts a handshake that has been checked.
 *
 * @param lines the head of the answer.
 * @throws {TypeError} when an option is invalid, or HTTP/2 cannot carry a line.
 */
export function openStream(
  lines: readonly string[],
  stream: ServerHttp2Stream,
  options: ConnectionOptions,
  { protocol, deflate }: FullAgreement,
  sink?: ConnectionSink,
): Connection {
  stream.respond({ ":status": 200, ...toFields(lines.slice(1)) });
  const connection = new Connection(stream, "server", options, sink, { protocol, deflate });
  closeOnceFinished(stream);
  return connection;
}

/**
 * Answers a refused handshake and ends the stream. A client that resets it meanwhile does no harm.
 *
 * @throws {TypeError} as `refuseUpgrade` does.
 */
export function refuseStream(
  stream: ServerHttp2Stream,
  status: number,
  body: string,
  headers: Readonly<OutgoingHttpHeaders> = {},
): void {
  checkStatus(status);
  const fields = toFields(headerLines(headers));
  stream.on("error", ignore);
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  stream.respond({ ":status": status, "content-type": "text/html", ...fields });
  stream.end(body);
  stream.resume();
  closeOnceFinished(stream);
}

/**
 * Has a stream go once our side of it has ended, after which nothing is read. Unlike with TCP, a client need not end its
 * own side then, and Chromium does not. RFC 9113 §8.1: after the whole answer, NO_ERROR tells it so.
 */
function closeOnceFinished(stream: ServerHttp2Stream): void {
  stream.once("finish", () => stream.close());
}

/** Header lines as HTTP/2 has them: names in lower case (RFC 9113 §8.2.1), values of one name together. */
function toFields(lines: readonly string[]): Record<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (CONNECTION_FIELDS.has(name)) continue;
    fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return Object.fromEntries(fields);
}

function ignore(): void {
  // `close` follows, which is all there is to do.
}
