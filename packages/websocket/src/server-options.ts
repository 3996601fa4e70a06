import { EventEmitter } from "node:events";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import { flag, milliseconds, optional } from "@towline/core";
import type { ConnectionOptions } from "./connection-options.ts";
import { compression, type PerMessageDeflateOptions } from "./deflate-options.ts";
import type { VerifyClient } from "./verify-client.ts";
import type { WebSocket } from "./websocket.ts";

/** A server of `node:http`, `node:https` or `node:http2`. */
export type AnyServer<Request extends typeof IncomingMessage = typeof IncomingMessage> =
  | HttpServer<Request>
  | HttpsServer<Request>
  | Http2Server
  | Http2SecureServer;

export type HandleProtocols<Request extends IncomingMessage = IncomingMessage> = (
  protocols: Set<string>,
  request: Request,
) => string | false;

const isFunction = (value: unknown): boolean => typeof value === "function";
const isString = (value: unknown): boolean => typeof value === "string";

/** Options of a server besides its connections'. The README's table is this one. */
export const SERVER_OPTIONS = {
  port: optional<number>(
    "A port to listen on, with an HTTP server of its own.",
    "a port number from 0 to 65535",
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535,
  ),
  host: optional<string>("The address to listen on with `port`.", "a string", isString),
  backlog: optional<number>(
    "How many connections may wait to be accepted, with `port`.",
    "a whole number, at least 0",
    (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  ),
  server: optional<AnyServer>(
    "A server of `node:http`, `https` or `http2` whose WebSockets to take.",
    "an HTTP server",
    (value) => value instanceof EventEmitter,
  ),
  noServer: flag(false, "Whether to stand alone: you call `handleUpgrade`."),
  path: optional<string>("Take only WebSockets of this path.", "a string", isString),
  clientTracking: flag(true, "Whether to keep the open connections in `clients`."),
  verifyClient: optional<VerifyClient<never>>(
    "Called with `{ origin, secure, req }`: gives whether the client is welcome, or a promise of that. With a second parameter it calls that back, with `(isWelcome, status, message, headers)`.",
    "a function",
    isFunction,
  ),
  handshakeTimeout: milliseconds(
    30_000,
    "How long `verifyClient`, and a `shouldHandle` that gives a promise, may take, in milliseconds. Then the client is refused with 503.",
  ),
  handleProtocols: optional<HandleProtocols<never>>(
    "Called with the set of subprotocols offered, and the request: gives the one to agree on, or `false` for none. By default the first.",
    "a function",
    isFunction,
  ),
  perMessageDeflate: compression(
    false,
    "Whether to compress with clients that can, or the options to do it with.",
  ),
  WebSocket: optional<typeof WebSocket>(
    "The class of its connections: `WebSocket`, or one derived from it.",
    "a class",
    isFunction,
  ),
};

/** @typeParam Socket the class of its connections. @typeParam Request the class of the HTTP server's requests. */
export interface WebSocketServerOptions<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends ConnectionOptions {
  port?: number | undefined;
  host?: string | undefined;
  backlog?: number | undefined;
  server?: AnyServer<Request> | undefined;
  noServer?: boolean | undefined;
  path?: string | undefined;
  clientTracking?: boolean | undefined;
  verifyClient?: VerifyClient<InstanceType<Request>> | undefined;
  handshakeTimeout?: number | undefined;
  handleProtocols?: HandleProtocols<InstanceType<Request>> | undefined;
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  WebSocket?: Socket | undefined;
}
