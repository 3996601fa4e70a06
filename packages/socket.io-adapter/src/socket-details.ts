import type { Room, SocketId } from "./ports.ts";

/** What servers tell one another of a socket. */
export interface SocketDetails {
  readonly id: SocketId;
  readonly handshake: unknown;
  readonly rooms: readonly Room[];
  readonly data: unknown;
}

interface Described {
  readonly id: SocketId;
  readonly handshake?: unknown;
  readonly rooms?: Iterable<Room>;
  readonly data?: unknown;
}

export const socketDetails = ({ id, handshake, rooms, data }: Described): SocketDetails => ({
  id,
  handshake,
  rooms: [...(rooms ?? [])],
  data,
});
