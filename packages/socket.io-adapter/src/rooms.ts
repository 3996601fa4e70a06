import type { Room, SocketId } from "./ports.ts";

const NOBODY: ReadonlySet<SocketId> = new Set();

/** What `Rooms` tells of its changes. */
export interface RoomsListener {
  onRoomCreated(room: Room): void;
  onRoomDeleted(room: Room): void;
  onJoined(room: Room, id: SocketId): void;
  onLeft(room: Room, id: SocketId): void;
}

/** Who is in which room, looked up from either side. Cost of a change depends on nothing but itself. */
export class Rooms {
  readonly members = new Map<Room, Set<SocketId>>();
  readonly roomsOf = new Map<SocketId, Set<Room>>();
  readonly #listener: RoomsListener;

  constructor(listener: RoomsListener) {
    this.#listener = listener;
  }

  join(id: SocketId, rooms: Iterable<Room>): void {
    let mine = this.roomsOf.get(id);
    if (mine === undefined) this.roomsOf.set(id, (mine = new Set()));
    for (const room of rooms) {
      mine.add(room);
      let members = this.members.get(room);
      if (members === undefined) {
        this.members.set(room, (members = new Set()));
        this.#listener.onRoomCreated(room);
      }
      if (members.has(id)) continue;
      members.add(id);
      this.#listener.onJoined(room, id);
    }
  }

  leave(id: SocketId, room: Room): void {
    this.roomsOf.get(id)?.delete(room);
    const members = this.members.get(room);
    if (members?.delete(id) !== true) return;
    this.#listener.onLeft(room, id);
    if (members.size > 0 || this.members.get(room) !== members) return;
    this.members.delete(room);
    this.#listener.onRoomDeleted(room);
  }

  leaveAll(id: SocketId): void {
    for (const room of [...(this.roomsOf.get(id) ?? [])]) this.leave(id, room);
    this.roomsOf.delete(id);
  }

  /**
   * Everyone in any of `rooms`, or everyone when there are none, but for members of `except`; each once.
   *
   * A single room without exceptions is handed out as it is: copy it before you change rooms while you walk it.
   */
  select(rooms: ReadonlySet<Room>, except: ReadonlySet<Room> | undefined): Iterable<SocketId> {
    const excluded = except === undefined || except.size === 0 ? NOBODY : this.#union(except);
    if (rooms.size === 0) return without(this.roomsOf.keys(), excluded);
    if (rooms.size > 1) return without(this.#union(rooms), excluded);
    const [room] = rooms as ReadonlySet<Room> & Iterable<Room>;
    return without(this.members.get(room as Room) ?? NOBODY, excluded);
  }

  #union(rooms: ReadonlySet<Room>): Set<SocketId> {
    const ids = new Set<SocketId>();
    for (const room of rooms) for (const id of this.members.get(room) ?? NOBODY) ids.add(id);
    return ids;
  }
}

function without(ids: Iterable<SocketId>, excluded: ReadonlySet<SocketId>): Iterable<SocketId> {
  return excluded.size === 0 ? ids : filtered(ids, excluded);
}

function* filtered(ids: Iterable<SocketId>, excluded: ReadonlySet<SocketId>): Iterable<SocketId> {
  for (const id of ids) if (!excluded.has(id)) yield id;
}
