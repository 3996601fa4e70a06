import type { Kept } from "./kept.ts";
import type { Membership, Positions } from "./membership.ts";
import type { Room } from "./ports.ts";
import type { Selection } from "./selection.ts";

interface LoggedPacket {
  readonly number: number;
  readonly selection: Selection;
  readonly kept: Kept;
  readonly byteLength: number;
  readonly loggedMs: number;
}

/** Below this many dropped entries, moving the others to the front is not worth it. */
const LEAST_MOVED = 64;

/**
 * The last packets of a namespace, numbered. Adding costs the same whatever is in it.
 *
 * A packet that has to make room is remembered by the rooms that it went to, so that whoever may have missed it is told
 * that it is lost, and whoever cannot have missed it is not kept from coming back.
 */
export class PacketLog implements Positions {
  readonly #tag: string;
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  #entries: (LoggedPacket | undefined)[] = [];
  /** Where the entries begin in the array; what is before has been dropped. */
  #start = 0;
  #byteLength = 0;
  #last = 0;
  /** Number of the last packet kept that names a room. */
  readonly #lastNaming = new Map<Room, number>();
  /** Number of the last packet dropped that went to a room, the oldest first. */
  readonly #droppedOf = new Map<Room, number>();
  /** Whoever has not received this packet may have missed something of which nothing is known any more. */
  #floor = 0;

  /** @param tag sets the offsets of this log apart from those of any other. */
  constructor(tag: string, limits: { readonly maxPackets: number; readonly maxBytes: number }) {
    this.#tag = tag;
    this.#maxPackets = limits.maxPackets;
    this.#maxBytes = limits.maxBytes;
  }

  get size(): number {
    return this.#entries.length - this.#start;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get last(): number {
    return this.#last;
  }

  lastNaming(room: Room): number {
    return this.#lastNaming.get(room) ?? this.#droppedOf.get(room) ?? 0;
  }

  /** Offset of the last packet. */
  get offset(): string {
    return this.#offsetOf(this.#last);
  }

  /** Offset of the packet that is added next. */
  get nextOffset(): string {
    return this.#offsetOf(this.#last + 1);
  }

  /** When the oldest packet was added. */
  get oldestMs(): number | undefined {
    return this.#entries[this.#start]?.loggedMs;
  }

  add(selection: Selection, kept: Kept, byteLength: number, nowMs: number): void {
    const number = ++this.#last;
    this.#entries.push({ number, selection, kept, byteLength, loggedMs: nowMs });
    this.#byteLength += byteLength;
    for (const room of namedBy(selection)) this.#lastNaming.set(room, number);
    while (this.size > this.#maxPackets || this.#byteLength > this.#maxBytes) this.#dropFirst();
  }

  /** Drops what was added before `ms`. */
  dropOlderThan(ms: number): void {
    for (let first = this.oldestMs; first !== undefined && first < ms; first = this.oldestMs)
      this.#dropFirst();
  }

  /**
   * The packets after `offset` that were for a socket.
   *
   * @returns `undefined` when the offset is none of this log's, or a packet that was for it may have been dropped since.
   */
  since(offset: string, socket: Membership): Kept[] | undefined {
    const received = this.#numberOf(offset);
    if (received === undefined) return undefined;
    const from = Math.max(received, socket.created);
    if (from < this.#floor || from < socket.floor || this.#hasDropped(from, socket)) return undefined;
    const missed: Kept[] = [];
    const first = this.#entries[this.#start]?.number ?? 0;
    const index = this.#start + Math.max(0, from + 1 - first);
    for (let i = index; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry !== undefined && isFor(socket, entry)) missed.push(entry.kept);
    }
    return missed;
  }

  /** Whether a packet after `from` that went to a room of the socket's is not there any more. */
  #hasDropped(from: number, socket: Membership): boolean {
    const droppedOf = (room: Room) => this.#droppedOf.get(room) ?? 0;
    for (const [room, joined] of socket.rooms) if (droppedOf(room) > Math.max(from, joined)) return true;
    return socket.stays.some((stay) => stay.last > from && droppedOf(stay.room) > Math.max(from, stay.from));
  }

  #dropFirst(): void {
    const entry = this.#entries[this.#start];
    if (entry === undefined) return;
    const { number, selection, byteLength } = entry;
    this.#entries[this.#start++] = undefined;
    this.#byteLength -= byteLength;
    for (const room of namedBy(selection))
      if (this.#lastNaming.get(room) === number) this.#lastNaming.delete(room);
    if (selection.rooms.size === 0) {
      this.#floor = number;
      this.#droppedOf.clear();
    } else this.#remember(selection.rooms, number);
    if (this.#start < LEAST_MOVED || this.#start * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#start);
    this.#start = 0;
  }

  #remember(rooms: ReadonlySet<Room>, number: number): void {
    for (const room of rooms) {
      this.#droppedOf.delete(room);
      this.#droppedOf.set(room, number);
    }
    for (const [room, oldest] of this.#droppedOf) {
      if (this.#droppedOf.size <= this.#maxPackets) break;
      this.#droppedOf.delete(room);
      this.#floor = oldest;
    }
  }

  #offsetOf(number: number): string {
    return `${this.#tag}.${number.toString(36)}`;
  }

  /** The number behind an offset that this log has given. */
  #numberOf(offset: string): number | undefined {
    const number = Number.parseInt(offset.slice(this.#tag.length + 1), 36);
    // Only the way in which it was written itself: `parseInt` takes much else.
    return number >= 0 && number <= this.#last && this.#offsetOf(number) === offset ? number : undefined;
  }
}

function* namedBy({ rooms, except }: Selection): Iterable<Room> {
  yield* rooms;
  if (except !== undefined) yield* except;
}

const isFor = (socket: Membership, { number, selection: { rooms, except } }: LoggedPacket): boolean =>
  (rooms.size === 0 || socket.includesAny(rooms, number)) &&
  (except === undefined || !socket.includesAny(except, number));
