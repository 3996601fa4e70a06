/** Types of sockets. TypeScript with the resolution of old finds them by this path in `socket.io` 4.8 as well. */
import type { CloseReason } from "@towline/engine.io";

export type { Handshake } from "./handshake.ts";

/** Why a socket is gone. */
export type DisconnectReason =
  | Exclude<CloseReason, "send buffer overflow">
  | "server shutting down"
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect";

export interface SocketReservedEventsMap {
  // biome-ignore-start lint/suspicious/noExplicitAny: as in the reference; an error, or what the transport knew.
  disconnect: (reason: DisconnectReason, description?: any) => void;
  disconnecting: (reason: DisconnectReason, description?: any) => void;
  // biome-ignore-end lint/suspicious/noExplicitAny: .
  error: (err: Error) => void;
}

/** An incoming event: its name, then its arguments. */
// biome-ignore lint/suspicious/noExplicitAny: arguments are whatever the peer sent; as in the reference.
export type Event = [string, ...any[]];

/** Looks at each incoming event of a socket; an error passed to `next` keeps it from the listeners. */
export type SocketMiddleware = (event: Event, next: (error?: Error) => void) => void;
