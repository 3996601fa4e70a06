import type { Server, Socket } from "@towline/socket.io";
import type { ClientEvents, ServerEvents } from "./protocol.ts";

export type ChatServer = Server<ClientEvents, ServerEvents>;
export type ChatSocket = Socket<ClientEvents, ServerEvents>;

/** The Socket.IO room behind a chat room. Prefixed, since every socket's id is a Socket.IO room as well. */
export const channelOf = (room: string): string => `chat:${room}`;
