import { createServer } from "node:http";
import type { AnyHttpServer } from "./http-routes.ts";
import { Server } from "./server.ts";
import type { AttachOptions, ServerOptions } from "./server-options.ts";

export * as parser from "@towline/engine.io-parser";
export { type EngineRequest, type ErrorCallback, uServer } from "./compat.ts";
export { type AnyHttpServer, attachTo, type HttpHandler } from "./http-routes.ts";
export type { Middleware } from "./middleware.ts";
export { PreparedMessage } from "./prepared-message.ts";
export { randomId } from "./random-id.ts";
export { Server, type Server as BaseServer } from "./server.ts";
export type { AllowRequest, AttachOptions, CookieOptions, ServerOptions } from "./server-options.ts";
export { ATTACH_OPTIONS, SERVER_OPTIONS } from "./server-options.ts";
export type { CloseReason } from "./session.ts";
export { type OnBufferFull, type SendData, type SendOptions, Socket, type SocketConsumer } from "./socket.ts";
export type { BufferPolicy, SendCallback, TransportName } from "./transport.ts";
export { Transport, transports } from "./transports/index.ts";
export type { WebTransportRequest } from "./webtransport-request.ts";
export type { WebTransportCloseInfo, WebTransportSession, WebTransportStream } from "./webtransport-types.ts";

/** The newest revision of the protocol that is spoken. */
export const protocol = 4;

/** Makes an Engine.IO server that takes the requests of `httpServer` below its path. */
export function attach(httpServer: AnyHttpServer, options: ServerOptions & AttachOptions = {}): Server {
  return new Server(options).attach(httpServer, options);
}

/** Makes an HTTP server on `port`, and an Engine.IO server on it. Requests for anything else get 501. */
export function listen(
  port: number,
  options: ServerOptions & AttachOptions = {},
  onListening?: () => void,
): Server {
  const httpServer = createServer((_request, response) => response.writeHead(501).end("Not Implemented"));
  const server = attach(httpServer, options);
  httpServer.listen(port, onListening);
  return server;
}
