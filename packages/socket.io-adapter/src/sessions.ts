import type { Membership } from "./membership.ts";
import type { SessionToPersist } from "./ports.ts";
import { Rooms, type RoomTables } from "./rooms.ts";
import { type Selection, selectsAnyone } from "./selection.ts";

/** The most that are kept of one kind; beyond it, the oldest go. */
const MAX_SESSIONS = 100_000;

export interface KeptSession {
  readonly session: SessionToPersist;
  readonly membership: Membership;
  readonly dueMs: number;
}

/** Sessions kept by id for a time, with their rooms, so that those whom a packet is for are found at once. */
export class Sessions {
  readonly #keptMs: number;
  /** All are kept equally long, so the first is due first. */
  readonly #kept = new Map<string, KeptSession>();
  readonly #tables: RoomTables = { rooms: new Map(), sids: new Map() };
  readonly #rooms = new Rooms(this.#tables);

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  get size(): number {
    return this.#kept.size;
  }

  put(id: string, session: SessionToPersist, membership: Membership, nowMs: number): void {
    this.remove(id);
    this.#kept.set(id, { session, membership, dueMs: nowMs + this.#keptMs });
    this.#rooms.join(id, session.rooms);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_SESSIONS && oldest !== undefined) this.remove(oldest);
  }

  /** Takes it away, and gives it if it was not due yet. */
  take(id: string, nowMs: number): KeptSession | undefined {
    const kept = this.get(id, nowMs);
    this.remove(id);
    return kept;
  }

  get(id: string, nowMs: number): KeptSession | undefined {
    const kept = this.#kept.get(id);
    return kept !== undefined && kept.dueMs > nowMs ? kept : undefined;
  }

  expire(nowMs: number): void {
    for (const [id, { dueMs }] of this.#kept) {
      if (dueMs > nowMs) return;
      this.remove(id);
    }
  }

  /** Whether a packet is for any of them. */
  hasAny(selection: Selection): boolean {
    return selectsAnyone(this.#tables, selection);
  }

  clear(): void {
    for (const id of [...this.#kept.keys()]) this.remove(id);
  }

  remove(id: string): KeptSession | undefined {
    const kept = this.#kept.get(id);
    if (kept !== undefined) {
      this.#kept.delete(id);
      this.#rooms.leaveAll(id);
    }
    return kept;
  }
}
