import { deliver } from "@towline/core";
import type { Room, SocketId } from "./ports.ts";

/** Who is in which room, from either side. */
export interface RoomTables {
  rooms: Map<Room, Set<SocketId>>;
  sids: Map<SocketId, Set<Room>>;
}

/** What `Rooms` tells of its changes. */
export interface RoomsListener {
  onRoomCreated(room: Room): void;
  onRoomDeleted(room: Room): void;
  onJoined(room: Room, id: SocketId): void;
  onLeft(room: Room, id: SocketId): void;
}

/**
 * Changes who is in which room. The cost of a change depends on nothing but itself. Both tables are right whenever the
 * listener is told, and stay right whatever it does or throws.
 */
export class Rooms {
  readonly #tables: RoomTables;
  readonly #listener: RoomsListener | undefined;

  constructor(tables: RoomTables, listener?: RoomsListener) {
    this.#tables = tables;
    this.#listener = listener;
  }

  join(id: SocketId, joined: Iterable<Room>): void {
    const { sids } = this.#tables;
    if (!sids.has(id)) sids.set(id, new Set());
    deliver([...joined], (room) => this.#joinOne(id, room));
  }

  #joinOne(id: SocketId, room: Room): void {
    const { rooms, sids } = this.#tables;
    const members = rooms.get(room);
    if (members?.has(id)) return;
    // A listener may have let it leave everything meanwhile.
    const mine = sids.get(id);
    if (mine === undefined) return;
    mine.add(room);
    if (members !== undefined) {
      members.add(id);
      this.#listener?.onJoined(room, id);
      return;
    }
    rooms.set(room, new Set([id]));
    try {
      this.#listener?.onRoomCreated(room);
    } finally {
      this.#listener?.onJoined(room, id);
    }
  }

  leave(id: SocketId, room: Room): void {
    const { rooms, sids } = this.#tables;
    sids.get(id)?.delete(room);
    const members = rooms.get(room);
    if (members?.delete(id) !== true) return;
    try {
      this.#listener?.onLeft(room, id);
    } finally {
      // The listener may have filled it again, or emptied it itself.
      if (members.size === 0 && rooms.get(room) === members) {
        rooms.delete(room);
        this.#listener?.onRoomDeleted(room);
      }
    }
  }

  leaveAll(id: SocketId): void {
    const { sids } = this.#tables;
    const mine = sids.get(id);
    if (mine === undefined) return;
    try {
      deliver([...mine], (room) => this.leave(id, room));
    } finally {
      // A listener may have let it join again.
      if (mine.size === 0) sids.delete(id);
    }
  }
}
