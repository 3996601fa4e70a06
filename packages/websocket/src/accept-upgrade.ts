import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Connection } from "./connection.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { acceptDeflateOffer, type DeflateAgreement } from "./deflate-negotiation.ts";
import type { DeflateSettings } from "./deflate-options.ts";
import { type Agreement, acceptLines, checkHandshake, formatHead } from "./handshake.ts";

export interface AcceptOptions extends ConnectionOptions {
  /** The subprotocol to agree on: one that the client offered. Defaults to none. */
  readonly protocol?: string | undefined;
  /** Further header lines of the answer, "Name: value". */
  readonly headers?: readonly string[] | undefined;
  /** What to compress with, if the client can: see `resolveDeflateOptions`. Defaults to no compression. */
  readonly deflate?: DeflateSettings | undefined;
}

/** What a server agrees to, compression included. */
export interface FullAgreement extends Agreement {
  readonly deflate?: DeflateAgreement | undefined;
}

/**
 * Accepts an `http.Server`'s "upgrade" (RFC 6455 §4.2). The answer leaves with the first frames, at the end of the
 * turn; bytes that came along in `head` are read after it, so the caller may set the sink first.
 *
 * @throws {HandshakeError} when the request is no valid handshake. Nothing is written: see `refuseUpgrade`.
 * @throws {TypeError} when an option is invalid.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: AcceptOptions,
  sink?: ConnectionSink,
): Connection {
  const { key } = checkHandshake(request);
  const { protocol, headers } = options;
  const agreement: FullAgreement = { protocol, headers, ...agreeOnCompression(request, options.deflate) };
  return openUpgraded(acceptLines(key, agreement), socket, head, options, agreement, sink);
}

/** What to say of compression. @throws {HandshakeError} 400 for a malformed offer, where there is somebody to read it. */
export function agreeOnCompression(
  { headers }: Pick<IncomingMessage, "headers">,
  settings: DeflateSettings | undefined,
): Pick<FullAgreement, "extensions" | "deflate"> | undefined {
  if (settings === undefined) return undefined;
  const accepted = acceptDeflateOffer(headers["sec-websocket-extensions"], settings);
  return accepted && { extensions: accepted.answer, deflate: accepted.agreement };
}

/**
 * Accepts a handshake that has been checked.
 *
 * @param lines the head of the answer.
 * @throws {TypeError} when an option is invalid.
 */
export function openUpgraded(
  lines: readonly string[],
  socket: Duplex,
  head: Buffer,
  options: ConnectionOptions,
  { protocol, deflate }: FullAgreement,
  sink?: ConnectionSink,
): Connection {
  const answer = Buffer.from(formatHead(lines), "latin1");
  unread(socket, head);
  return new Connection(socket, "server", options, sink, { protocol, answer, deflate });
}

/**
 * Puts back the bytes that came in the same segment as the end of the handshake: they are read on the next tick.
 * To be called before anybody listens, for a flowing stream would emit them at once.
 */
export function unread(socket: Duplex, head: Buffer): void {
  if (head.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(head);
}
