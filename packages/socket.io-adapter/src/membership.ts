import type { Room } from "./ports.ts";

/** What a membership asks of the log, all in numbers of packets. */
export interface Positions {
  /** The last packet. */
  readonly last: number;
  /** The last packet that went to a room or left it out; 0 when that is not known any more. */
  lastNaming(room: Room): number;
}

/** A time in a room that is over: from after one packet to another, that one included. */
interface Stay {
  readonly room: Room;
  readonly from: number;
  readonly to: number;
  /** The last packet within it that named the room. */
  readonly last: number;
}

/** The most that are remembered of one socket. */
const MAX_STAYS = 256;

/** When a socket was in which room, told by the packets that came between. */
export class Membership {
  /** Rooms it is in, and the packet before it joined each. */
  readonly rooms = new Map<Room, number>();
  /** The earliest to end comes first. */
  readonly #stays: Stay[] = [];
  /** A client that has not received this packet may have missed some of which is not known whether they were for it. */
  #floor = 0;
  #created: number;

  /** @param created the packet before the socket came. */
  constructor(created: number) {
    this.#created = created;
  }

  get created(): number {
    return this.#created;
  }

  get floor(): number {
    return this.#floor;
  }

  get stays(): readonly Stay[] {
    return this.#stays;
  }

  join(room: Room, log: Positions): void {
    if (!this.rooms.has(room)) this.rooms.set(room, log.last);
  }

  leave(room: Room, log: Positions): void {
    const from = this.rooms.get(room);
    if (from === undefined) return;
    this.rooms.delete(room);
    const last = log.lastNaming(room);
    // Only packets make it matter.
    if (last > from) this.#stays.push({ room, from, to: log.last, last });
    this.#forgetOldest();
  }

  /** The socket is gone, and was in these rooms. */
  end(rooms: Iterable<Room>, log: Positions): void {
    const last = new Set(rooms);
    for (const room of [...this.rooms.keys()]) if (!last.has(room)) this.leave(room, log);
    // Nothing is known of when it joined others.
    for (const room of last) if (!this.rooms.has(room)) this.rooms.set(room, this.#created);
  }

  /** The socket has come back: takes over what is known of it from before. */
  resume(earlier: Membership): void {
    for (const [room, from] of earlier.rooms) this.rooms.set(room, from);
    this.#stays.unshift(...earlier.stays);
    this.#floor = Math.max(this.#floor, earlier.floor);
    this.#forgetOldest();
    this.#created = Math.min(this.#created, earlier.created);
  }

  /** Whether it was in the room when packet `number` was made. */
  includes(room: Room, number: number): boolean {
    if ((this.rooms.get(room) ?? number) < number) return true;
    return this.#stays.some((stay) => stay.room === room && stay.from < number && number <= stay.to);
  }

  /** Whether it was in any of `rooms` then. */
  includesAny(rooms: ReadonlySet<Room>, number: number): boolean {
    for (const room of rooms) if (this.includes(room, number)) return true;
    return false;
  }

  #forgetOldest(): void {
    while (this.#stays.length > MAX_STAYS)
      this.#floor = Math.max(this.#floor, this.#stays.shift()?.last ?? 0);
  }
}
