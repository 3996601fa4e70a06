import type { Packet } from "@towline/socket.io-parser";

export type SocketId = string;
export type Room = string;

export interface BroadcastFlags {
  readonly volatile?: boolean;
  readonly compress?: boolean;
  /** Only to sockets of this node. */
  readonly local?: boolean;
  /** How long to wait for acknowledgements, in milliseconds. */
  readonly timeout?: number;
}

export interface BroadcastOptions {
  /** The rooms to reach; none stands for everyone. */
  readonly rooms: Set<Room>;
  /** Rooms whose members are left out. */
  readonly except?: Set<Room>;
  readonly flags?: BroadcastFlags;
}

/** All that an adapter needs of a socket. `Prepared` is the namespace's: a packet encoded once for everyone. */
export interface AdapterSocket<Prepared> {
  readonly id: SocketId;
  deliver(prepared: Prepared, packet: Packet, flags: BroadcastFlags): void;
  /** Registers what to do when this socket acknowledges packet `id`. */
  awaitAck(id: number, onAck: (...args: unknown[]) => void): void;
  /** No longer waits for the acknowledgement of packet `id`. */
  forgetAck(id: number): void;
  join(rooms: Room | Room[]): Promise<void> | void;
  leave(room: Room): Promise<void> | void;
  disconnect(close?: boolean): unknown;
}

/** All that an adapter needs of a namespace. */
export interface NamespacePort<
  Prepared = unknown,
  S extends AdapterSocket<Prepared> = AdapterSocket<Prepared>,
> {
  readonly name: string;
  readonly sockets: ReadonlyMap<SocketId, S>;
  prepare(packet: Packet): Prepared;
  nextAckId(): number;
}
