import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { ClientOptions } from "./client-options.ts";
import { type HandshakeTarget, parseWebSocketUrl } from "./client-url.ts";

/** One request of an opening handshake: where it goes, and the options that may go there. */
export interface Hop {
  readonly target: HandshakeTarget;
  readonly options: ClientOptions;
}

/** Where an answer redirects to (RFC 9110 §15.4); `undefined` when it is no redirect. */
export function redirectLocation(
  status: number | undefined,
  headers: IncomingHttpHeaders,
): string | undefined {
  if (status === undefined || status < 300 || status > 399 || headers.location === "") return undefined;
  return headers.location;
}

/**
 * The request that follows a redirect. Credentials stay with the origin they were given for; once dropped they do not
 * come back, though a later redirect led there again.
 *
 * @throws {SyntaxError} when `location` is no address of a WebSocket, or one that a server may not send us to.
 */
export function followRedirect({ target, options }: Hop, location: string): Hop {
  const next = resolve(target, location);
  if (!isSameOrigin(target, next)) return { target: next, options: withoutCredentials(options) };
  // Those of the first address count for the whole origin.
  return { target: next, options: target.auth === undefined ? options : { ...options, auth: target.auth } };
}

function resolve(from: HandshakeTarget, location: string): HandshakeTarget {
  if (from.socketPath !== undefined && !HAS_SCHEME.test(location)) return resolvePath(from, location);
  const next = parseWebSocketUrl(HAS_SCHEME.test(location) ? location : absolute(location, from.url));
  // Sockets of this machine are no business of a server elsewhere.
  if (next.socketPath !== undefined && from.socketPath === undefined)
    throw new SyntaxError("A redirect from the network must not lead to a Unix domain socket");
  return next;
}

/** RFC 3986 §3.1. */
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

function absolute(location: string, base: string): string {
  try {
    return new URL(location, base).href;
  } catch (cause) {
    throw new SyntaxError(`Not a URL: ${location}`, { cause });
  }
}

/** A `ws+unix:` URL is no base for a relative one: it would be taken for the path of another socket. */
function resolvePath(from: HandshakeTarget, location: string): HandshakeTarget {
  const { host, pathname, search, hash } = new URL(absolute(location, `http://localhost${from.path}`));
  if (host !== "localhost") throw new SyntaxError(`Not a path on the same socket: ${location}`);
  return {
    ...parseWebSocketUrl(`ws+unix:${from.socketPath}:${pathname}${search}${hash}`),
    hostname: from.hostname,
  };
}

function isSameOrigin(a: HandshakeTarget, b: HandshakeTarget): boolean {
  if (a.isSecure !== b.isSecure || a.socketPath !== b.socketPath) return false;
  return a.socketPath !== undefined || (a.hostname === b.hostname && a.port === b.port);
}

const CREDENTIAL_HEADERS = new Set(["authorization", "cookie", "host", "proxy-authorization"]);

function withoutCredentials(options: ClientOptions): ClientOptions {
  // A client's certificate says who it is, and `servername` names the host it was meant for.
  const { auth, cert, key, pfx, passphrase, servername, headers, ...rest } = options;
  return { ...rest, headers: withoutCredentialHeaders(headers) };
}

function withoutCredentialHeaders(headers: OutgoingHttpHeaders = {}): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name.toLowerCase())),
  );
}
