import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type {
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import { isExtendedConnect, requestOf } from "./extended-connect.ts";
import { type ServerHandshake, streamHandshake, upgradeHandshake } from "./server-handshake.ts";

/** What an HTTP server has to tell a WebSocket server. */
export interface HttpEvents {
  onListening(): void;
  onError(error: Error): void;
  onHandshake(handshake: ServerHandshake): void;
}

/** What HTTP servers of all kinds have in common. */
interface HttpServerLike extends EventEmitter {
  updateSettings?(settings: { readonly enableConnectProtocol: boolean }): void;
}

/** Listens to an HTTP server, of HTTP/2 too. @returns what undoes it. */
export function attachServer(server: HttpServerLike, events: HttpEvents): () => void {
  const listenToStreams = (handshake: ServerHandshake) => events.onHandshake(handshake);
  const detach = [listen(server, plainListeners(events)), attachStreams(server, listenToStreams)];
  return () => {
    for (const undo of detach) undo();
  };
}

/**
 * Listens for extended CONNECTs (RFC 8441) on an HTTP server, which only one of HTTP/2 has.
 *
 * @returns what undoes it.
 */
export function attachStreams(
  server: HttpServerLike,
  onHandshake: (handshake: ServerHandshake) => void,
): () => void {
  return isHttp2(server) ? listen(server, http2Listeners(server, onHandshake)) : () => {};
}

function listen(server: HttpServerLike, listeners: Listeners): () => void {
  for (const [name, listener] of Object.entries(listeners)) server.on(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) server.off(name, listener);
  };
}

// biome-ignore lint/suspicious/noExplicitAny: listeners of different events, which only an emitter brings together.
type Listeners = Readonly<Record<string, (...args: any[]) => void>>;

const plainListeners = (events: HttpEvents): Listeners => ({
  listening: () => events.onListening(),
  error: (error: Error) => events.onError(error),
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    events.onHandshake(upgradeHandshake(request, socket, head)),
});

const isHttp2 = (server: HttpServerLike): boolean => typeof server.updateSettings === "function";

function http2Listeners(
  server: HttpServerLike,
  onHandshake: (handshake: ServerHandshake) => void,
): Listeners {
  // RFC 8441 §3: clients ask for such streams only when they were told that they may.
  server.updateSettings?.({ enableConnectProtocol: true });
  const onStream = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    rawHeaders: readonly string[],
  ): void => {
    if (isExtendedConnect(headers))
      onHandshake(streamHandshake(stream, requestOf(stream, headers, rawHeaders)));
    else if (headers[":method"] === "CONNECT" && isAlone(server, "stream") && !stream.headersSent)
      stream.respond({ ":status": 405 }, { endStream: true });
  };
  OURS.add(onStream);
  return { stream: onStream, connect: onConnect };
}

/** The listeners that WebSocket servers add. */
const OURS = new WeakSet<object>([onConnect]);

const isAlone = (server: EventEmitter, event: string): boolean =>
  server.listeners(event).every((listener) => OURS.has(listener));

/**
 * Where there are listeners for requests, Node answers each CONNECT with 405 unless somebody listens for it. This one
 * does, for those that are WebSockets to be left alone, and does the same as Node with the others.
 */
function onConnect(
  this: EventEmitter,
  { headers }: Http2ServerRequest | IncomingMessage,
  answer: Http2ServerResponse | Duplex,
): void {
  if (isExtendedConnect(headers) || !isAlone(this, "connect") || answer.writableEnded) return;
  if ("headersSent" in answer) answer.statusCode = 405;
  answer.end();
}
