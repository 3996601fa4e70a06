import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientOptions } from "./client-options.ts";
import type { PerMessageDeflateOptions } from "./deflate-options.ts";
import type { WebSocketServerOptions } from "./server-options.ts";
import type { WebSocket, WebSocket as WebSocketClass } from "./websocket.ts";
import type { CloseEvent, ErrorEvent, MessageEvent, RawData, WebSocketEvent } from "./websocket-events.ts";
import type { WebSocketServer } from "./websocket-server.ts";
import type { createWebSocketStream } from "./websocket-stream.ts";

/** A message as WHATWG listeners get it: text is a string. */
export type Data = string | RawData;

/** A certificate or a key, as TLS takes it. */
export type CertMeta = string | string[] | Buffer | Buffer[];

/** Sets the last headers of a request, which it must end. */
export type FinishRequestCallback = (request: ClientRequest, webSocket: WebSocket) => void;

/** WHATWG events by their type. */
export interface WebSocketEventMap {
  open: WebSocketEvent;
  message: MessageEvent;
  close: CloseEvent;
  error: ErrorEvent;
}

export interface EventListenerOptions {
  /** Whether the listener is called for one event only. Defaults to false. */
  once?: boolean | undefined;
}

/** What `verifyClient` judges by. */
export interface ClientInfo<Request extends IncomingMessage = IncomingMessage> {
  /** The `Origin` header, or what stood for it in version 8 of the protocol. */
  origin: string;
  /** Whether the request came over TLS. */
  secure: boolean;
  req: Request;
}

export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (
  info: ClientInfo<Request>,
) => boolean;

export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
  info: ClientInfo<Request>,
  callback: (isAccepted: boolean, status?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

// What code written for `ws` finds on the class as types. The values of these names are there too once built: see
// CALLABLE_FOOTER of scripts/lib/build-commonjs.ts.
declare module "./websocket.ts" {
  namespace WebSocket {
    export type {
      AddressInfo,
      CertMeta,
      ClientOptions,
      CloseEvent,
      createWebSocketStream,
      Data,
      ErrorEvent,
      EventListenerOptions,
      FinishRequestCallback,
      MessageEvent,
      PerMessageDeflateOptions,
      RawData,
      VerifyClientCallbackAsync,
      VerifyClientCallbackSync,
      WebSocketClass as WebSocket,
      WebSocketEvent as Event,
      WebSocketEventMap,
      WebSocketServer,
      WebSocketServer as Server,
      WebSocketServerOptions as ServerOptions,
    };
  }
}
