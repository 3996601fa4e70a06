import { createServer, type Server as HttpServer } from "node:http";
import { type AnyHttpServer, type AttachOptions, attachTo, type Server as Engine } from "@towline/engine.io";
import type { ClientFiles } from "./client-files.ts";

/** What may be attached to: an HTTP server, or a port to make one on. */
export type Target = AnyHttpServer | number;

export const isHttpServer = (target: unknown): target is AnyHttpServer =>
  typeof target === "object" && target !== null && typeof (target as HttpServer).listen === "function";

const isPort = (port: unknown): port is number =>
  Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535;

/** @throws {TypeError} when `target` is neither an HTTP server nor a port, as a number or in digits. */
export function httpServerFor(target: unknown): AnyHttpServer {
  if (isHttpServer(target)) return target;
  if (typeof target === "function")
    throw new TypeError("Expected an HTTP server, got a function: for Express, pass http.createServer(app)");
  const port = typeof target === "string" && /^\d+$/.test(target) ? Number(target) : target;
  if (!isPort(port))
    throw new TypeError(`Expected an HTTP server or a port from 0 to 65535, got ${String(target)}`);
  return createServer((_request, response) => response.writeHead(404).end()).listen(port);
}

/** The HTTP servers that a server takes requests of. */
export class Attachments {
  #detachments: (() => void)[] = [];

  /** Has `files` answer what is theirs, and `engine` the rest below the path. */
  add(
    httpServer: AnyHttpServer,
    engine: Engine,
    files: ClientFiles | undefined,
    options: AttachOptions,
  ): void {
    const detach = attachTo(
      httpServer,
      {
        handleRequest: (request, response) => {
          if (files?.owns(request)) files.serve(request, response);
          else engine.handleRequest(request, response);
        },
        handleUpgrade: (request, socket, head) => engine.handleUpgrade(request, socket, head),
      },
      options,
    );
    const onClosed = () => engine.close();
    httpServer.once("close", onClosed);
    this.#detachments.push(() => {
      httpServer.off("close", onClosed);
      detach();
    });
  }

  /**
   * Closes one of the servers, and leaves all.
   *
   * @returns the error of a server that was not running.
   */
  async close(httpServer: AnyHttpServer | undefined): Promise<Error | undefined> {
    // What is attached from now on is not meant.
    const detachments = this.#detachments;
    this.#detachments = [];
    const error = httpServer === undefined ? undefined : await closed(httpServer as HttpServer);
    // Not before: who asks on a connection that is still open must get an answer, or the HTTP server would wait for ever.
    for (const detach of detachments) detach();
    return error;
  }
}

const closed = (httpServer: HttpServer): Promise<Error | undefined> =>
  new Promise((resolve) => httpServer.close(resolve));
