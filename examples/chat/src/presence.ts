import type { Clock, TimerHandle } from "@towline/core";
import type { Member, User } from "./protocol.ts";

interface Presentee {
  readonly user: User;
  readonly sockets: Set<string>;
  leaving: TimerHandle | undefined;
}

export interface PresenceOptions {
  readonly clock: Clock;
  /** How long someone whose connection broke is still counted as present. */
  readonly graceMs: number;
  /** The grace period of someone ran out. */
  onGone(user: User): void;
  /** Who is here through other servers. Defaults to nobody. */
  elsewhere?(): readonly Member[];
}

/**
 * Who is in one place. A person may be there through several sockets, and stays for a grace period when the last of
 * them is lost, so that a reconnection does not show as a leave and a join.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #present = new Map<string, Presentee>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.members().length;
  }

  has(userId: string): boolean {
    return this.#present.has(userId) || this.#isElsewhere(userId);
  }

  user(userId: string): User | undefined {
    return this.#present.get(userId)?.user;
  }

  /** Everybody, whichever server they came through. */
  members(): Member[] {
    const others = new Map(this.#elsewhere().map((member) => [member.id, member]));
    const own = this.own().map((member) => {
      const isAway = member.away && others.get(member.id)?.away !== false;
      others.delete(member.id);
      return { ...member, away: isAway };
    });
    return [...own, ...others.values()];
  }

  /** Those who came through this server. */
  own(): Member[] {
    return Array.from(this.#present.values(), ({ user, sockets }) => ({
      id: user.id,
      name: user.name,
      away: sockets.size === 0,
    }));
  }

  /** @returns true when the person was not here before. */
  enter(user: User, socketId: string): boolean {
    const known = this.#present.get(user.id);
    if (known === undefined) {
      this.#present.set(user.id, { user, sockets: new Set([socketId]), leaving: undefined });
      return !this.#isElsewhere(user.id);
    }
    this.#stay(known);
    known.sockets.add(socketId);
    return false;
  }

  /** The person left on purpose through this socket. @returns true when no other socket keeps them here. */
  leave(userId: string, socketId: string): boolean {
    const known = this.#present.get(userId);
    if (known === undefined || !known.sockets.delete(socketId) || known.sockets.size > 0) return false;
    this.#present.delete(userId);
    return !this.#isElsewhere(userId);
  }

  /** The connection of this socket is gone. @returns true when the person is away now. */
  lose(userId: string, socketId: string): boolean {
    const known = this.#present.get(userId);
    if (known === undefined || !known.sockets.delete(socketId) || known.sockets.size > 0) return false;
    known.leaving = this.#options.clock.setTimeout(() => {
      this.#present.delete(userId);
      this.#options.onGone(known.user);
    }, this.#options.graceMs);
    return true;
  }

  /** Stops all timers; nobody is announced as gone after this. */
  close(): void {
    for (const known of this.#present.values()) this.#stay(known);
  }

  #elsewhere(): readonly Member[] {
    return this.#options.elsewhere?.() ?? [];
  }

  #isElsewhere(userId: string): boolean {
    return this.#elsewhere().some(({ id }) => id === userId);
  }

  #stay(known: Presentee): void {
    if (known.leaving !== undefined) this.#options.clock.clearTimeout(known.leaving);
    known.leaving = undefined;
  }
}
