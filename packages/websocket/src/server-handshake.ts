import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { type FullAgreement, openUpgraded } from "./accept-upgrade.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { openStream, refuseStream, streamLines } from "./extended-connect.ts";
import { acceptLines, checkHandshake, checkStreamHandshake, type Handshake } from "./handshake.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";

/** An opening handshake as a server answers it, whichever way it came. One of `accept` and `refuse` is called, once. */
export interface ServerHandshake {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** @throws {HandshakeError} when it is none. */
  check(): Handshake;
  /** The head of an answer that accepts, as lines. @throws {TypeError} when part of the agreement is invalid. */
  lines(handshake: Handshake, agreement: FullAgreement): string[];
  accept(
    lines: readonly string[],
    options: ConnectionOptions,
    agreement: FullAgreement,
    sink: ConnectionSink,
  ): Connection;
  /** @throws {TypeError} for a status or a header that cannot be sent. */
  refuse(status: number, body: string, headers?: OutgoingHttpHeaders): void;
}

/** An upgrade of HTTP/1.1 (RFC 6455 §4.2). */
export const upgradeHandshake = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): ServerHandshake => ({
  request,
  socket,
  check: () => checkHandshake(request),
  lines: ({ key }, agreement) => acceptLines(key, agreement),
  accept: (lines, options, agreement, sink) => openUpgraded(lines, socket, head, options, agreement, sink),
  refuse: (status, body, headers) => refuseUpgrade(socket, status, body, headers),
});

/** An extended CONNECT of HTTP/2 (RFC 8441), with the request that `requestOf` or `http2` has made of it. */
export function streamHandshake(stream: ServerHttp2Stream, request: IncomingMessage): ServerHandshake {
  return {
    request,
    socket: stream,
    check: () => checkStreamHandshake(request),
    lines: (_handshake, agreement) => streamLines(agreement),
    accept: (lines, options, agreement, sink) => openStream(lines, stream, options, agreement, sink),
    refuse: (status, body, more) => refuseStream(stream, status, body, more),
  };
}
