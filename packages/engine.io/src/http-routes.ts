import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type OptionValues, resolveOptions } from "@towline/core";
import { ATTACH_OPTIONS, type AttachOptions } from "./server-options.ts";

/** What takes requests of a path. */
export interface HttpHandler {
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export type Path = string;

/** The path that requests are matched with, by the rules of the options. */
export function normalizePath({ path, addTrailingSlash }: OptionValues<typeof ATTACH_OPTIONS>): Path {
  const bare = path.replace(/\/$/, "");
  return addTrailingSlash ? `${bare}/` : bare;
}

/**
 * Puts `handler` before the listeners that `httpServer` already has: it takes requests below its path, they the others.
 * Upgrade requests elsewhere are left to whoever listens for them, and ended when nobody does.
 *
 * @returns a function that puts things back as they were.
 */
export function attachTo(
  httpServer: HttpServer,
  handler: HttpHandler,
  options: AttachOptions = {},
): () => void {
  const resolved = resolveOptions(ATTACH_OPTIONS, options);
  const path = normalizePath(resolved);
  let isAttached = true;
  const isOurs = (request: IncomingMessage) => isAttached && request.url?.startsWith(path) === true;
  const others = httpServer.listeners("request") as ((q: IncomingMessage, s: ServerResponse) => void)[];

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (isOurs(request)) handler.handleRequest(request, response);
    else for (const other of others) other.call(httpServer, request, response);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOurs(request)) handler.handleUpgrade(request, socket, head);
    else if (isAttached && resolved.destroyUpgrade) endIfLeftAlone(socket, resolved.destroyUpgradeTimeout);
  };

  httpServer.removeAllListeners("request");
  httpServer.on("request", onRequest).on("upgrade", onUpgrade);
  return () => {
    isAttached = false;
    httpServer.off("upgrade", onUpgrade);
    // Somebody who attached after us calls our listener, which then only passes requests on.
    if (!httpServer.listeners("request").includes(onRequest)) return;
    httpServer.off("request", onRequest);
    for (const other of others) httpServer.on("request", other);
  };
}

function endIfLeftAlone(socket: Duplex, timeoutMs: number): void {
  const timer = setTimeout(() => {
    const { bytesWritten } = socket as Duplex & { bytesWritten?: number };
    if (!socket.writable || bytesWritten !== 0) return;
    socket.on("error", () => {});
    socket.end();
  }, timeoutMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}
