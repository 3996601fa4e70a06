import type { Room, SocketId } from "./ports.ts";
import type { RoomTables } from "./rooms.ts";

/** Whom a broadcast is for. */
export interface Selection {
  /** None stands for everyone. */
  readonly rooms: ReadonlySet<Room>;
  /** Rooms whose members are left out. */
  readonly except?: ReadonlySet<Room>;
}

const NOBODY: ReadonlySet<SocketId> = new Set();

/** What `byId` holds for everyone selected, each once. What is done to them may change the rooms. */
export function select<T>(tables: RoomTables, selection: Selection, byId: ReadonlyMap<SocketId, T>): T[] {
  const found: T[] = [];
  const left = excluded(tables, selection);
  // Two loops: looking each up in an empty set takes a third of the time of all this.
  if (left.size === 0)
    for (const id of included(tables, selection)) {
      const each = byId.get(id);
      if (each !== undefined) found.push(each);
    }
  else
    for (const id of included(tables, selection)) {
      const each = left.has(id) ? undefined : byId.get(id);
      if (each !== undefined) found.push(each);
    }
  return found;
}

/** Whether anyone is selected. */
export function selectsAnyone(tables: RoomTables, selection: Selection): boolean {
  if (tables.sids.size === 0) return false;
  const left = excluded(tables, selection);
  for (const id of included(tables, selection)) if (!left.has(id)) return true;
  return false;
}

function included({ rooms, sids }: RoomTables, selection: Selection): Iterable<SocketId> {
  return selection.rooms.size === 0 ? sids.keys() : membersOf(rooms, selection.rooms);
}

const excluded = ({ rooms }: RoomTables, { except }: Selection): ReadonlySet<SocketId> =>
  except === undefined || except.size === 0 ? NOBODY : membersOf(rooms, except);

/** Everyone in any of the rooms. The members of a single room are handed out as they are. */
function membersOf(rooms: RoomTables["rooms"], names: ReadonlySet<Room>): ReadonlySet<SocketId> {
  let only: ReadonlySet<SocketId> = NOBODY;
  let union: Set<SocketId> | undefined;
  for (const name of names) {
    const members = rooms.get(name);
    if (members === undefined) continue;
    if (only === NOBODY) only = members;
    else {
      union ??= new Set(only);
      for (const id of members) union.add(id);
    }
  }
  return union ?? only;
}
