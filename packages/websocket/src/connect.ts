import {
  type ClientRequestArgs,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { urlToHttpOptions } from "node:url";
import { milliseconds, resolveOptions } from "@towline/core";
import { unread } from "./accept-upgrade.ts";
import { checkAnswer, newKey, requestHeaders } from "./client-handshake.ts";
import { Connection } from "./connection.ts";
import { type ConnectionOptions, connectionLimits } from "./connection-options.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { ConnectionError } from "./errors.ts";

export const CLIENT_OPTIONS = {
  handshakeTimeout: milliseconds(30_000, "How long the opening handshake may take."),
};

/** Options of a client: the connection's, its own, and those of `http.request` and `https.request` (agent, TLS, …). */
export interface ClientOptions extends ConnectionOptions, Omit<RequestOptions, "headers" | "timeout"> {
  /** How long the opening handshake may take, in milliseconds. Defaults to 30 s. */
  readonly handshakeTimeout?: number | undefined;
  /** Further headers of the request. */
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** The `Origin` header. Defaults to none. */
  readonly origin?: string | undefined;
}

/** What becomes of an opening handshake: one of the two, once. */
export interface OpeningHandler {
  /** Called before the first frame is read. */
  onConnected(connection: Connection, response: IncomingMessage): void;
  onFailed(error: Error): void;
}

/** An opening handshake under way. */
export interface Opening {
  /** Gives it up: `onFailed(error)` follows. Does nothing once the handshake is over. */
  abort(error: Error): void;
}

/**
 * Opens a WebSocket from the client's side (RFC 6455 §4.1).
 *
 * @throws {TypeError} when an option is invalid.
 */
export function connect(
  url: URL,
  protocols: readonly string[],
  options: ClientOptions,
  sink: ConnectionSink,
  handler: OpeningHandler,
): Opening {
  const limits = connectionLimits(options);
  const { handshakeTimeout } = resolveOptions(CLIENT_OPTIONS, options);
  const key = newKey();
  const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(
    requestArgs(url, key, protocols, options),
  );

  let isSettled = false;
  const settle = (): boolean => {
    if (isSettled) return false;
    clearTimeout(timer);
    isSettled = true;
    return true;
  };
  const abort = (error: Error): void => {
    if (!settle()) return;
    request.destroy();
    process.nextTick(() => handler.onFailed(error));
  };
  const timer = setTimeout(() => abort(new ConnectionError("WS_ERR_HANDSHAKE_TIMEOUT")), handshakeTimeout);

  request.on("error", abort);
  request.on("response", (response: IncomingMessage) =>
    abort(
      new ConnectionError(
        "WS_ERR_HANDSHAKE_FAILED",
        `the server answered with status ${response.statusCode}`,
      ),
    ),
  );
  request.on("upgrade", (response: IncomingMessage, socket: Duplex, head: Buffer) => {
    const answer = judge(response, key, protocols);
    if (answer instanceof Error) abort(answer);
    if (answer instanceof Error || !settle()) {
      socket.destroy();
      return;
    }
    unread(socket, head);
    const connection = new Connection(socket, "client", limits, sink, { protocol: answer });
    handler.onConnected(connection, response);
  });
  request.end();
  return { abort };
}

function judge(
  { statusCode, headers }: IncomingMessage,
  key: string,
  protocols: readonly string[],
): string | Error {
  if (statusCode !== 101)
    return new ConnectionError("WS_ERR_HANDSHAKE_FAILED", `the server answered with status ${statusCode}`);
  try {
    return checkAnswer(headers, key, protocols);
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

function requestArgs(
  url: URL,
  key: string,
  protocols: readonly string[],
  options: ClientOptions,
): ClientRequestArgs {
  const { headers, origin, agent, createConnection } = options;
  return {
    ...options,
    // The address decides, not an option of the same name. Without an agent Node needs to be told which port goes unsaid.
    port: undefined,
    defaultPort: url.protocol === "https:" ? 443 : 80,
    ...urlToHttpOptions(url),
    method: "GET",
    headers: requestHeaders(key, protocols, origin, headers),
    // Unless the user brings an agent: a connection of its own, never a used one out of a pool.
    agent: agent ?? (createConnection === undefined ? false : undefined),
  };
}
