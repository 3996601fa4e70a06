import { EventEmitter } from "node:events";
import { Delivery } from "./delivery.ts";
import { clockOf } from "./namespace-clock.ts";
import type {
  BroadcastOptions,
  PrivateSessionId,
  Room,
  Session,
  SessionToPersist,
  SocketId,
} from "./ports.ts";
import { Rooms } from "./rooms.ts";

/**
 * Keeps the rooms of one namespace in memory and brings broadcasts to their members.
 *
 * Emits `create-room(room)`, `delete-room(room)`, `join-room(room, id)` and `leave-room(room, id)`.
 */
export class Adapter extends EventEmitter {
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; adapters reach for what their server has.
  readonly nsp: any;
  /** Members by room. */
  rooms: Map<Room, Set<SocketId>> = new Map();
  /** Rooms by member. */
  sids: Map<SocketId, Set<Room>> = new Map();
  readonly #changes: Rooms;
  readonly #delivery: Delivery;

  /** @param nsp a namespace of ours, or of the reference. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  constructor(nsp: any) {
    super();
    this.nsp = nsp;
    this.#delivery = new Delivery(this, clockOf(nsp));
    this.#changes = new Rooms(this, {
      onRoomCreated: (room) => this.emit("create-room", room),
      onRoomDeleted: (room) => this.emit("delete-room", room),
      onJoined: (room, id) => this.emit("join-room", room, id),
      onLeft: (room, id) => this.emit("leave-room", room, id),
    });
  }

  /** Called when the namespace is made. */
  init(): Promise<void> | void {}

  /** Called when the namespace is closed. */
  close(): Promise<void> | void {}

  /** Number of servers that share the namespace. */
  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  /** Lets a socket join rooms. */
  addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    this.#changes.join(id, rooms);
  }

  /** Lets a socket leave a room. */
  del(id: SocketId, room: Room): Promise<void> | void {
    this.#changes.leave(id, room);
  }

  /** Lets a socket leave all its rooms. */
  delAll(id: SocketId): void {
    this.#changes.leaveAll(id);
  }

  /**
   * Sends `packet` to every socket that `options` select. It is encoded once, and not at all when there is none.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  broadcast(packet: any, options: BroadcastOptions): void {
    packet.nsp = this.nsp.name;
    this.#delivery.broadcast(packet, options);
  }

  /**
   * As {@link broadcast}, and asks each socket for an acknowledgement.
   *
   * @param onClientCount told how many were asked.
   * @param onAck called with each acknowledgement.
   */
  broadcastWithAck(
    // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
    packet: any,
    options: BroadcastOptions,
    onClientCount: (clientCount: number) => void,
    // biome-ignore lint/suspicious/noExplicitAny: as in the reference; whatever the client answers.
    onAck: (...args: any[]) => void,
  ): void {
    packet.nsp = this.nsp.name;
    this.#delivery.broadcastWithAck(packet, options, onClientCount, onAck);
  }

  /** Ids of the sockets in any of `rooms`; of all sockets when there are none. */
  sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    return Promise.resolve(new Set(this.#delivery.select({ rooms }).map(({ id }) => id)));
  }

  socketRooms(id: SocketId): Set<Room> | undefined {
    return this.sids.get(id);
  }

  /** The sockets that `options` select. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; the namespace's own sockets.
  fetchSockets(options: BroadcastOptions): Promise<any[]> {
    return Promise.resolve(this.#delivery.select(options));
  }

  addSockets(options: BroadcastOptions, rooms: Room[]): void {
    this.#delivery.join(options, rooms);
  }

  delSockets(options: BroadcastOptions, rooms: Room[]): void {
    this.#delivery.leave(options, rooms);
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    this.#delivery.disconnect(options, close);
  }

  /**
   * Sends an event to the other servers. This adapter knows none.
   *
   * @param packet the arguments, with an acknowledgement callback at the end if need be.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  serverSideEmit(packet: any[]): void {
    console.warn("this adapter does not support the serverSideEmit() functionality");
    const answer = packet[packet.length - 1];
    // Nobody is asked, so nobody is waited for.
    if (typeof answer === "function") process.nextTick(answer, null, []);
  }

  /** Keeps the session of a socket that has lost its connection. This adapter keeps none. */
  persistSession(_session: SessionToPersist): void {}

  /**
   * Gives a session back, with the packets missed since `offset`.
   *
   * @returns `null` when there is none. The type leaves that out, as the reference's does.
   */
  restoreSession(_pid: PrivateSessionId, _offset?: string): Promise<Session> {
    return Promise.resolve(null as unknown as Session);
  }
}
