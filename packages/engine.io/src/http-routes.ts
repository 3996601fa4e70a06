import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2Server, ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { type OptionValues, resolveOptions } from "@towline/core";
import { attachStreams, type ServerHandshake, streamHandshake, upgradeHandshake } from "@towline/websocket";
import { ATTACH_OPTIONS, type AttachOptions } from "./server-options.ts";

/** A server of `http`, `https` or `http2`. */
export type AnyHttpServer = HttpServer | Http2Server | Http2SecureServer;

/** What takes requests of a path. */
export interface HttpHandler {
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  /** @param socket the connection, or the stream of an extended CONNECT over HTTP/2. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The path that requests are matched with, by the rules of the options. */
export function normalizePath({ path, addTrailingSlash }: OptionValues<typeof ATTACH_OPTIONS>): string {
  const bare = path.replace(/\/$/, "");
  return addTrailingSlash ? `${bare}/` : bare;
}

const NO_HEAD = Buffer.alloc(0);

/** Who takes upgrades of a server below a path, the first to come first. */
const OWNERS = new WeakMap<object, Map<string, unknown[]>>();

function ownersOf(server: object, path: string): unknown[] {
  let byPath = OWNERS.get(server);
  if (byPath === undefined) OWNERS.set(server, (byPath = new Map()));
  let owners = byPath.get(path);
  if (owners === undefined) byPath.set(path, (owners = []));
  return owners;
}

/**
 * Puts `handler` before the listeners that `httpServer` already has: it takes requests below its path, they the others.
 * Upgrade requests elsewhere are left to whoever listens for them, and ended when nobody does.
 *
 * @returns a function that puts things back as they were.
 */
export function attachTo(
  httpServer: AnyHttpServer,
  handler: HttpHandler,
  options: AttachOptions = {},
): () => void {
  const resolved = resolveOptions(ATTACH_OPTIONS, options);
  const path = normalizePath(resolved);
  // The servers differ in the types of their events only.
  const server = httpServer as HttpServer;
  let isAttached = true;
  const isOurs = (request: IncomingMessage) => isAttached && request.url?.startsWith(path) === true;
  const others = server.listeners("request") as ((q: IncomingMessage, s: ServerResponse) => void)[];

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (isOurs(request)) handler.handleRequest(request, response);
    else for (const other of others) other.call(server, request, response);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Every listener is told of an upgrade. Of several below one path, the last to come takes it, as it does requests.
    if (isOurs(request)) {
      if (ownersOf(server, path).at(-1) === onUpgrade) handler.handleUpgrade(request, socket, head);
    } else if (isAttached && resolved.destroyUpgrade) endIfLeftAlone(socket, resolved.destroyUpgradeTimeout);
  };

  const owners = ownersOf(server, path);
  owners.push(onUpgrade);
  server.removeAllListeners("request");
  server.on("request", onRequest).on("upgrade", onUpgrade);
  const detachStreams = attachStreams(server, ({ request, socket }) => onUpgrade(request, socket, NO_HEAD));
  return () => {
    isAttached = false;
    owners.splice(owners.indexOf(onUpgrade), 1);
    server.off("upgrade", onUpgrade);
    detachStreams();
    // Somebody who attached after us calls our listener, which then only passes requests on.
    if (!server.listeners("request").includes(onRequest)) return;
    server.off("request", onRequest);
    for (const other of others) server.on("request", other);
  };
}

/** A request for a WebSocket, whichever version of HTTP it came over. */
export const handshakeOf = (request: IncomingMessage, socket: Duplex, head: Buffer): ServerHandshake =>
  "respond" in socket
    ? streamHandshake(socket as ServerHttp2Stream, request)
    : upgradeHandshake(request, socket, head);

function endIfLeftAlone(socket: Duplex, timeoutMs: number): void {
  const timer = setTimeout(() => {
    if (!socket.writable || hasAnswered(socket)) return;
    socket.on("error", () => {});
    if ("respond" in socket) (socket as ServerHttp2Stream).close();
    else socket.end();
  }, timeoutMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}

const hasAnswered = (socket: Duplex & { bytesWritten?: number; headersSent?: boolean }): boolean =>
  socket.headersSent ?? socket.bytesWritten !== 0;
