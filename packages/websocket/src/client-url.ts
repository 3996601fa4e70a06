/**
 * Reads the address of a WebSocket (RFC 6455 §3) as the HTTP address that its handshake goes to.
 *
 * @throws {SyntaxError} when it is no `ws:`, `wss:`, `http:` or `https:` URL, or has a fragment.
 */
export function parseWebSocketUrl(address: string | URL): { url: string; http: URL } {
  const http = parse(address);
  if (http.hash !== "" || String(address).endsWith("#"))
    throw new SyntaxError(`A WebSocket URL must not have a fragment: ${http.href}`);
  const scheme = SCHEMES.get(http.protocol);
  if (scheme === undefined)
    throw new SyntaxError(`A WebSocket URL starts with ws:, wss:, http: or https:, got ${http.protocol}`);
  http.protocol = scheme.webSocket;
  const url = http.href;
  http.protocol = scheme.http;
  return { url, http };
}

const SCHEMES = new Map([
  ["ws:", { webSocket: "ws:", http: "http:" }],
  ["http:", { webSocket: "ws:", http: "http:" }],
  ["wss:", { webSocket: "wss:", http: "https:" }],
  ["https:", { webSocket: "wss:", http: "https:" }],
]);

function parse(address: string | URL): URL {
  try {
    return new URL(address);
  } catch (cause) {
    throw new SyntaxError(`Not a URL: ${String(address)}`, { cause });
  }
}
