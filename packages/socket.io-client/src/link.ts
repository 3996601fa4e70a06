import type { SocketPacket as Packet } from "@towline/socket.io-parser";
import type { DisconnectDescription, DisconnectReason } from "./disconnect.ts";

/** What a Socket is told by the Manager that carries it. */
export interface Member {
  /** The connection is open: the server may be asked to join the namespace. */
  onOpen(): void;
  onPacket(packet: Packet): void;
  /** An attempt to connect failed. */
  onError(error: Error): void;
  onClose(reason: DisconnectReason, description: DisconnectDescription | undefined): void;
}

/** What a Socket needs of the connection it is carried by. */
export interface Carrier {
  isOpen(): boolean;
  /** Whether the server has been heard of in time; if not, the connection is about to be closed. */
  isAlive(): boolean;
  /** Whether a packet would go out at once. */
  isWritable(): boolean;
  /** The Engine.IO revision: 3 for Socket.IO 1.x and 2.x servers. */
  revision(): 3 | 4;
  engineId(): string;
  /** What a revision 3 server is to see as the query of a namespace. */
  query(): Readonly<Record<string, unknown>>;
  /** Opens the connection if need be; `onOpen` is called when it is open, which may be at once. */
  join(nsp: string, member: Member): void;
  /** Opens the connection, unless it is open or about to be. */
  open(): void;
  /** Closes the connection over a fault of the server. */
  fail(error: Error): void;
  /** The connection is closed when its last member has left. */
  leave(nsp: string): void;
  /** @throws {TypeError} when the packet's data cannot be encoded. */
  send(packet: Packet): void;
}
