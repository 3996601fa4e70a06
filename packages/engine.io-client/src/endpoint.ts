import type { TransportName } from "./transport.ts";

/** What of the options says where the server is. */
export interface EndpointOptions {
  hostname?: string | undefined;
  host?: string | undefined;
  port?: string | number | undefined;
  secure?: boolean | undefined;
  query?: Record<string, unknown> | undefined;
}

interface Page {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

export interface Endpoint {
  readonly secure: boolean;
  /** As it stands in a URL: an IPv6 address in brackets. */
  readonly hostname: string;
  /** Empty for the scheme's own. */
  readonly port: string;
  readonly query: Readonly<Record<string, unknown>>;
}

const SECURE = /^(?:https|wss):$/;

/**
 * Finds the server: in the address if there is one, else in the options, else it is where the page came from.
 *
 * @throws {TypeError} when the address cannot be read.
 */
export function findEndpoint(
  uri: string | undefined,
  options: EndpointOptions,
  page: Page | undefined,
): Endpoint {
  return uri === undefined || uri === "" ? fromOptions(options, page) : fromUri(parseUri(uri, page), options);
}

function parseUri(uri: string, page: Page | undefined): URL {
  const scheme = page?.protocol.startsWith("http") ? page.protocol : "http:";
  const absolute = uri.startsWith("//") ? scheme + uri : /^\w+:\/\//.test(uri) ? uri : `${scheme}//${uri}`;
  let url: URL;
  try {
    url = new URL(absolute);
  } catch (cause) {
    throw new TypeError(`Invalid address ${JSON.stringify(uri)}: give one such as "https://example.com"`, {
      cause,
    });
  }
  if (!/^(?:http|ws)s?:$/.test(url.protocol))
    throw new TypeError(`Invalid address ${JSON.stringify(uri)}: the scheme must be http, https, ws or wss`);
  return url;
}

function fromUri(url: URL, { query }: EndpointOptions): Endpoint {
  return {
    secure: SECURE.test(url.protocol),
    hostname: url.hostname,
    port: url.port,
    query: query ?? Object.fromEntries(url.searchParams),
  };
}

function fromOptions(
  { hostname, host, port, secure, query = {} }: EndpointOptions,
  page: Page | undefined,
): Endpoint {
  const named = hostname ?? host;
  return {
    secure: secure ?? page?.protocol === "https:",
    hostname: bracketed(named ?? (page?.hostname || "localhost")),
    port: String(port ?? (named === undefined ? page?.port : undefined) ?? ""),
    query,
  };
}

const bracketed = (hostname: string): string =>
  hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;

/** Scheme, host, port and path: what makes two servers different ones. */
export function originOf({ secure, hostname, port }: Endpoint, path: string): string {
  return `${secure ? "https" : "http"}://${hostname}${port === "" ? "" : `:${port}`}${path}`;
}

/** The address of one request. `parameters` come after the user's own and win over them. */
export function requestUrl(
  endpoint: Endpoint,
  path: string,
  transport: TransportName,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...endpoint.query, ...parameters }))
    if (value !== undefined) search.set(key, String(value));
  const origin = originOf(endpoint, path);
  return `${transport === "websocket" ? origin.replace("http", "ws") : origin}?${search}`;
}
