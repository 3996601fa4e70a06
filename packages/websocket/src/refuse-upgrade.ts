import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { formatHead, headerLines } from "./handshake.ts";

/** How long a refused peer may take to read its answer and leave, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * Answers a refused upgrade with a complete HTTP/1.1 response and ends the connection. A peer that resets it
 * meanwhile does no harm.
 *
 * @param headers further headers; a `Content-Type` replaces `text/html`.
 * @throws {TypeError} for a header that would break out of its line, or a status that ends no request.
 */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  body: string,
  headers: Readonly<OutgoingHttpHeaders> = {},
): void {
  checkStatus(status);
  const all = {
    Connection: "close",
    "Content-Type": "text/html",
    "Content-Length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`;
  const head = formatHead([statusLine, ...headerLines(all)]);
  socket.on("error", ignore);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  // Closing with bytes unread would reset the connection, and the peer would lose the answer: so they are read.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end(`${head}${body}`);
}

/** @throws {TypeError} unless `status` is one that an answer may end a request with. */
export function checkStatus(status: number): void {
  if (!Number.isInteger(status) || status < 200 || status > 999)
    throw new TypeError(`A status is a whole number from 200 to 999, got ${status}`);
}

function ignore(): void {
  // `close` follows, which is all there is to do.
}
