import type { Clock } from "@towline/core";
import { ChatError } from "./chat-error.ts";
import { History } from "./history.ts";
import { Presence } from "./presence.ts";
import { type Member, PERMANENT_ROOMS, type RoomSummary, type User } from "./protocol.ts";

const MOST_ROOMS = 32;
const HISTORY_LIMITS = { entries: 200, pictureBytes: 2 * 1024 * 1024 };

export interface Room {
  readonly name: string;
  readonly history: History;
  readonly presence: Presence;
}

export interface RoomsOptions {
  readonly clock: Clock;
  readonly graceMs: number;
  /** Somebody did not come back to a room in time. */
  onGone(room: Room, user: User): void;
  /** Who is in a room through other servers. Defaults to nobody. */
  elsewhere?(room: string): readonly Member[];
}

/** The rooms of the chat. Anybody may open one; an empty one keeps its history until its place is needed. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    for (const name of PERMANENT_ROOMS) this.open(name);
  }

  all(): Iterable<Room> {
    return this.#rooms.values();
  }

  get(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /** Gives the room of this name, opening it if need be. @throws {ChatError} `TOO_MANY_ROOMS`. */
  open(name: string): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    if (this.#rooms.size >= MOST_ROOMS) this.#makePlace();
    const { clock, graceMs, onGone, elsewhere } = this.#options;
    const room: Room = {
      name,
      history: new History(HISTORY_LIMITS),
      presence: new Presence({
        clock,
        graceMs,
        onGone: (user) => onGone(room, user),
        elsewhere: () => elsewhere?.(name) ?? [],
      }),
    };
    this.#rooms.set(name, room);
    return room;
  }

  list(): RoomSummary[] {
    return Array.from(this.#rooms.values(), ({ name, presence }) => ({ name, members: presence.size }));
  }

  close(): void {
    for (const { presence } of this.#rooms.values()) presence.close();
  }

  #makePlace(): void {
    const permanent: readonly string[] = PERMANENT_ROOMS;
    for (const { name, presence } of this.#rooms.values())
      if (presence.size === 0 && !permanent.includes(name)) {
        this.#rooms.delete(name);
        return;
      }
    throw new ChatError("TOO_MANY_ROOMS");
  }
}
