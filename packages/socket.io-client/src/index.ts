import { lookup } from "./lookup.ts";
import { Manager } from "./manager.ts";
import { Socket } from "./socket.ts";

/** The newest revision of the Socket.IO protocol that is spoken. */
export const protocol = 5;

/** `io()` itself, with everything else as its properties, as a script tag or `require` finds it. */
export const io: typeof lookup & {
  readonly io: typeof lookup;
  readonly connect: typeof lookup;
  readonly Manager: typeof Manager;
  readonly Socket: typeof Socket;
  readonly protocol: number;
} = Object.assign(lookup, { io: lookup, connect: lookup, Manager, Socket, protocol });

export type { DisconnectDescription, DisconnectReason } from "./disconnect.ts";
export type { ManagerReservedEvents } from "./manager.ts";
export type { ManagerOptions } from "./options.ts";
export type { ExtendedError } from "./refusal.ts";
export type { Auth, SocketOptions, SocketReservedEvents } from "./socket.ts";
export { io as connect, io as default, Manager, Socket };
