import { EventEmitter } from "node:events";
import type { Packet } from "@towline/socket.io-parser";
import type {
  AdapterSocket,
  BroadcastFlags,
  BroadcastOptions,
  NamespacePort,
  Room,
  SocketId,
} from "./ports.ts";
import { Rooms } from "./rooms.ts";

const NO_FLAGS: BroadcastFlags = {};

/**
 * Keeps the rooms of one namespace in memory and brings broadcasts to their members.
 *
 * Emits `create-room(room)`, `delete-room(room)`, `join-room(room, id)` and `leave-room(room, id)`.
 */
export class Adapter<
  Prepared = unknown,
  S extends AdapterSocket<Prepared> = AdapterSocket<Prepared>,
> extends EventEmitter {
  readonly nsp: NamespacePort<Prepared, S>;
  readonly #rooms: Rooms;

  constructor(nsp: NamespacePort<Prepared, S>) {
    super();
    this.nsp = nsp;
    this.#rooms = new Rooms({
      onRoomCreated: (room) => this.emit("create-room", room),
      onRoomDeleted: (room) => this.emit("delete-room", room),
      onJoined: (room, id) => this.emit("join-room", room, id),
      onLeft: (room, id) => this.emit("leave-room", room, id),
    });
  }

  /** Members by room. */
  get rooms(): Map<Room, Set<SocketId>> {
    return this.#rooms.members;
  }

  /** Rooms by member. */
  get sids(): Map<SocketId, Set<Room>> {
    return this.#rooms.roomsOf;
  }

  /** Called when the namespace is made. */
  init(): Promise<void> | void {}

  /** Called when the namespace is closed. */
  close(): Promise<void> | void {}

  /** Number of servers that share the namespace. */
  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    this.#rooms.join(id, rooms);
  }

  del(id: SocketId, room: Room): Promise<void> | void {
    this.#rooms.leave(id, room);
  }

  delAll(id: SocketId): void {
    this.#rooms.leaveAll(id);
  }

  /** Sends `packet` to every socket that `options` select. It is encoded when the first of them is found. */
  broadcast(packet: Packet, options: BroadcastOptions): void {
    const flags = options.flags ?? NO_FLAGS;
    packet.nsp = this.nsp.name;
    let prepared: Prepared | undefined;
    this.#forEach(options, (socket) => {
      prepared ??= this.nsp.prepare(packet);
      socket.deliver(prepared, packet, flags);
    });
  }

  /**
   * As {@link broadcast}, and asks each socket for an acknowledgement.
   *
   * @param onClientCount told how many were asked.
   * @param onAck called with each acknowledgement.
   */
  broadcastWithAck(
    packet: Packet,
    options: BroadcastOptions,
    onClientCount: (count: number) => void,
    onAck: (...args: unknown[]) => void,
  ): void {
    const id = this.nsp.nextAckId();
    packet.id = id;
    const asked: S[] = [];
    this.#forEach(options, (socket) => {
      asked.push(socket);
      socket.awaitAck(id, onAck);
    });
    this.broadcast(packet, options);
    onClientCount(asked.length);
    const timeoutMs = options.flags?.timeout;
    // A socket that never answers must not keep the entry for as long as it lives.
    if (timeoutMs !== undefined && asked.length > 0)
      setTimeout(() => {
        for (const socket of asked) socket.forgetAck(id);
      }, timeoutMs).unref();
  }

  /** Ids of the sockets in any of `rooms`; of all sockets when there are none. */
  sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    const ids = new Set<SocketId>();
    this.#forEach({ rooms }, (socket) => ids.add(socket.id));
    return Promise.resolve(ids);
  }

  socketRooms(id: SocketId): Set<Room> | undefined {
    return this.#rooms.roomsOf.get(id);
  }

  fetchSockets(options: BroadcastOptions): Promise<S[]> {
    const sockets: S[] = [];
    this.#forEach(options, (socket) => sockets.push(socket));
    return Promise.resolve(sockets);
  }

  addSockets(options: BroadcastOptions, rooms: Room[]): void {
    this.#forEach(options, (socket) => socket.join(rooms));
  }

  delSockets(options: BroadcastOptions, rooms: Room[]): void {
    this.#forEach(options, (socket) => {
      for (const room of rooms) socket.leave(room);
    });
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    this.#forEach(options, (socket) => socket.disconnect(close));
  }

  /** Sends a packet to the other servers. This adapter knows none. */
  serverSideEmit(_packet: unknown[]): void {
    throw new Error(
      "this adapter does not support serverSideEmit(): it needs one that connects several servers",
    );
  }

  #forEach(options: BroadcastOptions, visit: (socket: S) => void): void {
    const { sockets } = this.nsp;
    const ids = this.#rooms.select(options.rooms, options.except);
    // What is done to a socket may change the rooms while they are walked.
    for (const id of [...ids]) {
      const socket = sockets.get(id);
      if (socket !== undefined) visit(socket);
    }
  }
}
