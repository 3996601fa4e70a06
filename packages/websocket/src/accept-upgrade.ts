import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Connection } from "./connection.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { acceptResponse, checkHandshake, type Handshake } from "./handshake.ts";

export interface AcceptOptions extends ConnectionOptions {
  /** The subprotocol to agree on: one that the client offered. Defaults to none. */
  readonly protocol?: string | undefined;
  /** Further header lines of the answer, "Name: value". */
  readonly headers?: readonly string[] | undefined;
}

/**
 * Accepts an `http.Server`'s "upgrade" (RFC 6455 §4.2). The answer leaves with the first frames, at the end of the
 * tick; bytes that came along in `head` are read after it, so the caller may set the sink first.
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
  return openConnection(checkHandshake(request), socket, head, options, sink);
}

/** Accepts a handshake that has been checked. @throws {TypeError} when an option is invalid. */
export function openConnection(
  handshake: Handshake,
  socket: Duplex,
  head: Buffer,
  options: AcceptOptions,
  sink?: ConnectionSink,
): Connection {
  const protocol = options.protocol ?? "";
  const answer = Buffer.from(acceptResponse(handshake.key, protocol, options.headers ?? []), "latin1");
  unread(socket, head);
  return new Connection(socket, "server", options, sink, { protocol, answer });
}

/**
 * Puts back the bytes that came in the same segment as the end of the handshake: they are read on the next tick.
 * To be called before anybody listens, for a flowing stream would emit them at once.
 */
export function unread(socket: Duplex, head: Buffer): void {
  if (head.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(head);
}
