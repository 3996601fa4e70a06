export { Adapter } from "@towline/socket.io-adapter";
export { BroadcastOperator } from "./broadcast-operator.ts";
export type { Handshake } from "./handshake.ts";
export { type ExtendedError, Namespace, type NamespaceMiddleware } from "./namespace.ts";
export { Server } from "./server.ts";
export { SERVER_OPTIONS, type ServerOptions } from "./server-options.ts";
export { type DisconnectReason, type Event, Socket, type SocketMiddleware } from "./socket.ts";
export type { DefaultEventsMap, EventsMap } from "./typed-events.ts";
