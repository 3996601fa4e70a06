/** By this path, TypeScript with the resolution of old finds some types of `socket.io` 4.8: `socket.io/dist/socket-types`. */
export type { Handshake } from "./handshake.ts";
export type { DisconnectReason, SocketReservedEventsMap } from "./socket.ts";
