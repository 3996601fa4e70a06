import { type Clock, deliver } from "@towline/core";
import type { SocketPacket } from "@towline/socket.io-parser";
import { setBackgroundTimeout } from "./background-timeout.ts";
import { type AnySocket, type Outlet, outletOf } from "./outlet.ts";
import type { BroadcastFlags, BroadcastOptions, Room } from "./ports.ts";
import type { RoomTables } from "./rooms.ts";
import { select } from "./selection.ts";

/** What {@link Delivery} needs of the adapter that it serves. */
export interface DeliverySource extends RoomTables {
  readonly nsp: unknown;
}

export type OnClientCount = (count: number) => void;
// biome-ignore lint/suspicious/noExplicitAny: as in the reference; whatever the client answers.
export type OnAck = (...args: any[]) => void;
/** Gets the error of a packet that cannot be encoded. */
export type OnFault = (error: unknown) => void;

const NO_FLAGS: BroadcastFlags = {};

/** Brings packets, and whatever else is done to them, to the sockets of this server. */
export class Delivery {
  readonly #source: DeliverySource;
  readonly #clock: Clock;
  #outlet: Outlet | undefined;

  constructor(source: DeliverySource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Looked up late: a namespace may make its adapter before it is complete itself. */
  get outlet(): Outlet {
    return (this.#outlet ??= outletOf(this.#source.nsp));
  }

  /** The sockets that `options` select. */
  select(options: BroadcastOptions): AnySocket[] {
    return select(this.#source, options, this.outlet.sockets);
  }

  /**
   * Sends `packet` to every socket selected. It is encoded once, and not at all when there is none.
   *
   * @throws what the encoder throws, if there is no `onFault`.
   */
  broadcast(packet: SocketPacket, options: BroadcastOptions, onFault?: OnFault): void {
    const sockets = this.select(options);
    const prepared = sockets.length === 0 ? undefined : this.#prepare(packet, onFault);
    if (prepared !== undefined) this.deliver(sockets, prepared, packet, options.flags);
  }

  deliver(sockets: readonly AnySocket[], prepared: unknown, packet: SocketPacket, flags = NO_FLAGS): void {
    const { outlet } = this;
    for (const socket of sockets) outlet.deliver(socket, prepared, packet, flags);
  }

  /** As {@link broadcast}, and asks each socket for an acknowledgement; no socket keeps an entry beyond the timeout. */
  broadcastWithAck(
    packet: SocketPacket,
    options: BroadcastOptions,
    onClientCount: OnClientCount,
    onAck: OnAck,
    onFault?: OnFault,
  ): void {
    const sockets = this.select(options);
    packet.id = this.outlet.nextAckId();
    const prepared = sockets.length === 0 ? undefined : this.#prepare(packet, onFault);
    if (prepared === undefined) {
      onClientCount(0);
      return;
    }
    this.#awaitAcks(packet.id, sockets, options.flags?.timeout, onAck);
    this.deliver(sockets, prepared, packet, options.flags);
    onClientCount(sockets.length);
  }

  join(options: BroadcastOptions, rooms: Room[]): void {
    deliver(this.select(options), (socket) => void socket.join(rooms));
  }

  leave(options: BroadcastOptions, rooms: readonly Room[]): void {
    deliver(this.select(options), (socket) => deliver(rooms, (room) => void socket.leave(room)));
  }

  disconnect(options: BroadcastOptions, close: boolean): void {
    deliver(this.select(options), (socket) => void socket.disconnect(close));
  }

  #prepare(packet: SocketPacket, onFault: OnFault | undefined): unknown {
    if (onFault === undefined) return this.outlet.prepare(packet);
    try {
      return this.outlet.prepare(packet);
    } catch (error) {
      onFault(error);
      return undefined;
    }
  }

  #awaitAcks(id: number, sockets: readonly AnySocket[], timeoutMs: number | undefined, onAck: OnAck): void {
    const waiting = new Set(sockets);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setBackgroundTimeout(
            this.#clock,
            () => {
              for (const socket of waiting) socket.acks.delete(id);
              waiting.clear();
            },
            timeoutMs,
          );
    for (const socket of sockets)
      socket.acks.set(id, (...args) => {
        // Whoever keeps the table may leave the entry to us.
        socket.acks.delete(id);
        if (!waiting.delete(socket)) return;
        if (waiting.size === 0 && timer !== undefined) this.#clock.clearTimeout(timer);
        onAck(...args);
      });
  }
}
