import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import type { EngineRequest } from "@towline/engine.io";

/** What a socket was opened with. */
export interface Handshake {
  /** Headers of the request that opened the connection. */
  headers: IncomingHttpHeaders;
  /** When the socket was made, as a text. */
  time: string;
  /** When the socket was made, in milliseconds since 1970. */
  issued: number;
  /** Address of the client. */
  address: string;
  /** Whether the request came from a page of another origin. */
  xdomain: boolean;
  /** Whether the connection is encrypted. */
  secure: boolean;
  /** URL of the request. */
  url: string;
  /** Query of the request and, for clients of revision 4, of the namespace. */
  query: ParsedUrlQuery;
  /** What the client sent as `auth`: anything it liked, so check it. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; applications read its fields.
  auth: { [key: string]: any };
}

export function createHandshake(
  request: IncomingMessage,
  address: string,
  issued: number,
  auth: Readonly<Record<string, unknown>>,
  namespaceQuery: ParsedUrlQuery | undefined,
): Handshake {
  const { headers, url = "" } = request;
  return {
    headers,
    time: String(new Date(issued)),
    issued,
    address,
    xdomain: headers.origin !== undefined,
    secure: (request.socket as { encrypted?: boolean } | undefined)?.encrypted === true,
    url,
    query: { ...(request as EngineRequest)._query, ...namespaceQuery },
    // Its own: middlewares write into it.
    auth: { ...auth },
  };
}
