/** Where an opening handshake goes. */
export interface HandshakeTarget {
  /** The address as its user sees it: `ws:`, `wss:` or `ws+unix:`. */
  readonly url: string;
  readonly isSecure: boolean;
  readonly hostname: string;
  /** "" for the scheme's own. */
  readonly port: string;
  /** Path and query of the request. */
  readonly path: string;
  /** Of a Unix domain socket or a named pipe; host and port are then for show. */
  readonly socketPath: string | undefined;
  /** "user:password" when the address holds them. */
  readonly auth: string | undefined;
}

/**
 * Reads the address of a WebSocket (RFC 6455 §3). That of a Unix domain socket is `ws+unix:`, the path of the socket
 * and, after a colon, that of the request.
 *
 * @throws {SyntaxError} when it is no `ws:`, `wss:`, `http:`, `https:` or `ws+unix:` URL, or has a fragment.
 */
export function parseWebSocketUrl(address: string | URL): HandshakeTarget {
  const url = parse(address);
  // RFC 6455 §3: no fragment, an empty one neither.
  if (url.hash !== "" || url.href.endsWith("#"))
    throw new SyntaxError(`A WebSocket URL must not have a fragment: ${url.href}`);
  if (url.protocol === "ws+unix:") return unixTarget(url);
  const scheme = SCHEMES.get(url.protocol);
  if (scheme === undefined)
    throw new SyntaxError(
      `A WebSocket URL starts with ws:, wss:, http:, https: or ws+unix:, got ${url.protocol}`,
    );
  url.protocol = scheme;
  const { hostname, port, pathname, search } = url;
  return {
    url: url.href,
    isSecure: scheme === "wss:",
    // Node wants an IPv6 address without its brackets.
    hostname: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    port,
    path: pathname + search,
    socketPath: undefined,
    auth: authOf(url),
  };
}

const SCHEMES = new Map([
  ["ws:", "ws:"],
  ["http:", "ws:"],
  ["wss:", "wss:"],
  ["https:", "wss:"],
]);

function parse(address: string | URL): URL {
  try {
    return new URL(address);
  } catch (cause) {
    throw new SyntaxError(`Not a URL: ${String(address)}`, { cause });
  }
}

function unixTarget(url: URL): HandshakeTarget {
  const { pathname, search, hostname, port } = url;
  const text = pathname + search;
  const colon = text.indexOf(":");
  const socketPath = colon < 0 ? text : text.slice(0, colon);
  if (socketPath === "") throw new SyntaxError(`A ws+unix: URL must name a socket: ${url.href}`);
  const path = colon < 0 ? "" : text.slice(colon + 1);
  return {
    url: url.href,
    isSecure: false,
    hostname: hostname === "" ? "localhost" : hostname,
    port,
    // A URL without a slash at its start keeps its blanks, which would end a request's path.
    path: (path.startsWith("/") ? path : `/${path}`).replaceAll(" ", "%20"),
    socketPath,
    auth: authOf(url),
  };
}

function authOf({ username, password }: URL): string | undefined {
  return username === "" && password === "" ? undefined : `${decode(username)}:${decode(password)}`;
}

/** Percent-decoding as the URL standard has it: a "%" that begins no escape stays. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll("%", ""), "hex").toString(),
  );
}
