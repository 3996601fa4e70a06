import type { Clock } from "@towline/core";
import type { SocketPacket } from "@towline/socket.io-parser";

/** A socket's public id, which it shares with the room that it is alone in. */
export type SocketId = string;
/** A socket's private id: the token by which it takes up its session again. */
export type PrivateSessionId = string;
export type Room = string;

export interface BroadcastFlags {
  volatile?: boolean;
  compress?: boolean;
  /** Only to sockets of this node. */
  local?: boolean;
  broadcast?: boolean;
  binary?: boolean;
  /** How long to wait for acknowledgements, in milliseconds. */
  timeout?: number;
}

export interface BroadcastOptions {
  /** The rooms to reach; none stands for everyone. */
  rooms: Set<Room>;
  /** Rooms whose members are left out. */
  except?: Set<Room>;
  flags?: BroadcastFlags;
}

/** What is kept of a socket that has lost its connection. */
export interface SessionToPersist {
  sid: SocketId;
  pid: PrivateSessionId;
  rooms: Room[];
  data: unknown;
  /** Where the log of packets stood when the socket was made: its place until it has received a packet. */
  offset?: string | undefined;
}

export type Session = SessionToPersist & {
  /** The events it would have got, each with its offset as the last argument. */
  missedPackets: unknown[][];
};

/** The acknowledgements that a socket waits for, by the id of their packet. */
export interface AckTable {
  set(id: number, onAck: (...args: unknown[]) => void): unknown;
  delete(id: number): unknown;
}

/** All that an adapter needs of a socket. `Prepared` is the namespace's: a packet encoded once for everyone. */
export interface AdapterSocket<Prepared = unknown> {
  readonly id: SocketId;
  readonly acks: AckTable;
  deliver(prepared: Prepared, packet: SocketPacket, flags: BroadcastFlags): void;
  join(rooms: Room | Room[]): Promise<void> | void;
  leave(room: Room): Promise<void> | void;
  disconnect(close?: boolean): unknown;
}

/** A packet encoded once for everyone. */
export interface PreparedForAll {
  readonly byteLength: number;
  /** The packet as its receivers see it, for those that come back later. Without it, its data is kept. */
  decode?(): SocketPacket;
  /** Lets go of what is only needed to send it: it has been, and is kept for its content. */
  release?(): void;
}

/** All that an adapter needs of a namespace. One that has no `prepare` is served as the reference serves it. */
export interface NamespacePort<
  Prepared extends PreparedForAll = PreparedForAll,
  S extends AdapterSocket<Prepared> = AdapterSocket<Prepared>,
> {
  readonly name: string;
  /** Defaults to the system's. */
  readonly clock?: Clock;
  readonly sockets: ReadonlyMap<SocketId, S>;
  prepare(packet: SocketPacket): Prepared;
  nextAckId(): number;
}
