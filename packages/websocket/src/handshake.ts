import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { HandshakeError } from "./errors.ts";
import { isToken, parseTokenList } from "./token-list.ts";

/** RFC 6455 §1.3: appended to the key before it is hashed. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSION = "13";

/** The parts of a request that the opening handshake looks at. */
export interface HandshakeRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The `Sec-WebSocket-Accept` that answers `key` (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return createHash("sha1")
    .update(key + KEY_SUFFIX)
    .digest("base64");
}

/** What a valid opening handshake says. */
export interface Handshake {
  readonly key: string;
  /** Subprotocols the client offers, in its order of preference. */
  readonly protocols: ReadonlySet<string>;
}

/**
 * Checks an opening handshake (RFC 6455 §4.2.1).
 *
 * @throws {HandshakeError} 405, 400 or 426, with the headers the answer must have.
 */
export function checkHandshake({ method, headers }: HandshakeRequest): Handshake {
  if (method !== "GET")
    throw new HandshakeError(405, "A WebSocket handshake is a GET request", { Allow: "GET" });
  // Node leaves headers out beyond `maxHeadersCount`, so that even this one may be missing.
  if (headers.upgrade?.toLowerCase() !== "websocket")
    throw new HandshakeError(400, 'The "Upgrade" header must be "websocket"');
  if (headers["sec-websocket-version"] !== VERSION)
    throw new HandshakeError(426, "Only version 13 of the WebSocket protocol is spoken here", {
      "Sec-WebSocket-Version": VERSION,
    });
  const key = headers["sec-websocket-key"];
  if (key === undefined || !KEY.test(key))
    throw new HandshakeError(400, 'The "Sec-WebSocket-Key" header must be 16 bytes in base64');
  return { key, protocols: offeredProtocols(headers["sec-websocket-protocol"]) };
}

// RFC 6455 §4.1: tokens, all different.
function offeredProtocols(header: string | undefined): ReadonlySet<string> {
  const protocols = header === undefined ? new Set<string>() : parseTokenList(header);
  if (protocols === undefined)
    throw new HandshakeError(400, 'The "Sec-WebSocket-Protocol" header must be a list of different tokens');
  return protocols;
}

/**
 * The answer that accepts a handshake (RFC 6455 §4.2.2).
 *
 * @param extraLines further header lines, "Name: value".
 * @throws {TypeError} for a protocol that is no token, or a line that would break out of its header.
 */
export function acceptResponse(
  key: string,
  protocol: string | undefined,
  extraLines: readonly string[],
): string {
  let head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n`;
  if (protocol !== undefined && protocol !== "") {
    if (!isToken(protocol))
      throw new TypeError(`Subprotocol must be a token, got ${JSON.stringify(protocol)}`);
    head += `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  }
  for (const line of extraLines) head += `${checkHeaderLine(line)}\r\n`;
  return `${head}\r\n`;
}

const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

/** @throws {TypeError} when `line` is no single header line, CR and LF above all. */
export function checkHeaderLine(line: string): string {
  if (!HEADER_LINE.test(line))
    throw new TypeError(`Not a valid header line: ${JSON.stringify(line.slice(0, 80))}`);
  return line;
}
