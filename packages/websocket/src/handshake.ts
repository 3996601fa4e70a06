import { hash } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { HandshakeError } from "./errors.ts";
import { hasToken, isToken, parseTokenList } from "./token-list.ts";

/** RFC 6455 §1.3: appended to the key before it is hashed. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Version 8 is a draft of the protocol that calls `Origin` by another name, and is the same else. */
const VERSIONS = new Set(["13", "8"]);

/** The parts of a request that the opening handshake looks at. */
export interface HandshakeRequest {
  readonly method?: string | undefined;
  readonly httpVersion?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The `Sec-WebSocket-Accept` that answers `key` (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return hash("sha1", key + KEY_SUFFIX, "base64");
}

/** What a valid opening handshake says. */
export interface Handshake {
  /** Over HTTP/2 there is none. */
  readonly key: string;
  /** Subprotocols the client offers, in its order of preference. */
  readonly protocols: ReadonlySet<string>;
}

/**
 * Checks an opening handshake (RFC 6455 §4.2.1).
 *
 * @throws {HandshakeError} 405, 400 or 426, with the headers the answer must have.
 */
export function checkHandshake({ method, httpVersion, headers }: HandshakeRequest): Handshake {
  if (method !== "GET")
    throw new HandshakeError(405, "A WebSocket handshake is a GET request", { Allow: "GET" });
  if (httpVersion === "1.0") throw new HandshakeError(400, "A WebSocket handshake needs HTTP/1.1");
  if (headers.host === undefined) throw new HandshakeError(400, 'The "Host" header is missing');
  // Node leaves headers out beyond `maxHeadersCount`, so that even this one may be missing.
  if (headers.upgrade?.toLowerCase() !== "websocket")
    throw new HandshakeError(400, 'The "Upgrade" header must be "websocket"');
  if (!hasToken(headers.connection, "upgrade"))
    throw new HandshakeError(400, 'The "Connection" header must hold "Upgrade"');
  const protocols = checkCommonHeaders(headers);
  const key = headers["sec-websocket-key"];
  if (key === undefined || !KEY.test(key))
    throw new HandshakeError(400, 'The "Sec-WebSocket-Key" header must be 16 bytes in base64');
  return { key, protocols };
}

/**
 * Checks an opening handshake that came as an HTTP/2 stream (RFC 8441 §5): the same but for what only an upgrade needs.
 *
 * @throws {HandshakeError} 400 or 426.
 */
export const checkStreamHandshake = ({ headers }: HandshakeRequest): Handshake => ({
  key: "",
  protocols: checkCommonHeaders(headers),
});

function checkCommonHeaders(headers: IncomingHttpHeaders): ReadonlySet<string> {
  if (!VERSIONS.has(headers["sec-websocket-version"] ?? ""))
    throw new HandshakeError(426, "Only version 13 of the WebSocket protocol is spoken here", {
      "Sec-WebSocket-Version": [...VERSIONS].join(", "),
    });
  return offeredProtocols(headers["sec-websocket-protocol"]);
}

const NO_PROTOCOLS: ReadonlySet<string> = new Set();

// RFC 6455 §4.1: tokens, all different.
function offeredProtocols(header: string | undefined): ReadonlySet<string> {
  const protocols = header === undefined ? NO_PROTOCOLS : parseTokenList(header);
  if (protocols === undefined)
    throw new HandshakeError(400, 'The "Sec-WebSocket-Protocol" header must be a list of different tokens');
  return protocols;
}

/** What a server agrees to. */
export interface Agreement {
  /** The subprotocol: one that was offered. None by default. */
  readonly protocol?: string | undefined;
  /** `Sec-WebSocket-Extensions`. None by default. */
  readonly extensions?: string | undefined;
  /** Further header lines, "Name: value". */
  readonly headers?: readonly string[] | undefined;
}

/**
 * The header lines that tell a client what was agreed on (RFC 6455 §4.2.2).
 *
 * @throws {TypeError} for a protocol that is no token, or a line that would break out of its header.
 */
export function agreementLines({ protocol = "", extensions, headers = [] }: Agreement): string[] {
  const lines: string[] = [];
  if (protocol !== "") {
    if (!isToken(protocol))
      throw new TypeError(`Subprotocol must be a token, got ${JSON.stringify(protocol)}`);
    lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  }
  if (extensions !== undefined) lines.push(`Sec-WebSocket-Extensions: ${extensions}`);
  for (const line of headers) lines.push(checkHeaderLine(line));
  return lines;
}

/**
 * The lines of the answer that accepts an upgrade (RFC 6455 §4.2.2), its status line first.
 *
 * @throws {TypeError} as `agreementLines` does.
 */
export const acceptLines = (key: string, agreement: Agreement): string[] => [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${acceptKey(key)}`,
  ...agreementLines(agreement),
];

/** The same as it is sent. @throws {TypeError} as `agreementLines` does. */
export const acceptResponse = (key: string, agreement: Agreement): string =>
  formatHead(acceptLines(key, agreement));

/** The head of an HTTP/1.1 message, made of valid lines. */
export const formatHead = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n`;

/**
 * Headers as lines: one for each value.
 *
 * @throws {TypeError} for one that would break out of its line.
 */
export const headerLines = (headers: OutgoingHttpHeaders): string[] =>
  Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one) => checkHeaderLine(`${name}: ${one}`)),
  );

const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

/** @throws {TypeError} when `line` is no single header line, CR and LF above all. */
export function checkHeaderLine(line: string): string {
  if (!HEADER_LINE.test(line))
    throw new TypeError(`Not a valid header line: ${JSON.stringify(line.slice(0, 80))}`);
  return line;
}
