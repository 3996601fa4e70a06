import { randomBytes } from "node:crypto";
import { type Clock, resolveOptions, type TimerHandle } from "@towline/core";
import createDebug from "debug";
import { Adapter } from "./adapter.ts";
import { setBackgroundTimeout } from "./background-timeout.ts";
import { Delivery } from "./delivery.ts";
import type { Kept } from "./kept.ts";
import { Membership } from "./membership.ts";
import { clockOf } from "./namespace-clock.ts";
import { PacketLog } from "./packet-log.ts";
import type {
  BroadcastOptions,
  PrivateSessionId,
  Room,
  Session,
  SessionToPersist,
  SocketId,
} from "./ports.ts";
import { isRecoverable } from "./recoverable.ts";
import { RECOVERY_OPTIONS, type RecoveryLimits } from "./recovery-options.ts";
import { type KeptSession, Sessions } from "./sessions.ts";

const debug = createDebug("socket.io-adapter");

/** Base64url of 6 random bytes, for each log of its own. */
const TAG_BYTES = 6;
/** The timer only frees memory, so it need not come for each packet: some may stay a tenth longer. */
const SWEEPS_PER_DURATION = 10;

/**
 * An adapter for connection state recovery: keeps the packets of late and the sessions of sockets that have lost their
 * connection, within the limits of the server's option `connectionStateRecovery`.
 *
 * @throws {TypeError} (constructor) naming every limit that is not as it must be.
 */
export class SessionAwareAdapter extends Adapter {
  readonly #clock: Clock;
  readonly #limits: RecoveryLimits;
  readonly #delivery: Delivery;
  #log: PacketLog;
  /** Of sockets that are gone, by private id. */
  readonly #waiting: Sessions;
  /** Given back, by the id of the socket that has yet to join its rooms. */
  readonly #claimed: Sessions;
  /** Of sockets that are there. */
  readonly #members = new Map<SocketId, Membership>();
  #timer: TimerHandle;
  #isClosed = false;

  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  constructor(nsp: any) {
    super(nsp);
    this.#clock = clockOf(nsp);
    this.#limits = resolveOptions(RECOVERY_OPTIONS, nsp.server?.opts?.connectionStateRecovery);
    this.#delivery = new Delivery(this, this.#clock);
    this.#log = this.#newLog();
    this.#waiting = new Sessions(this.#limits.maxDisconnectionDuration);
    this.#claimed = new Sessions(this.#limits.maxDisconnectionDuration);
  }

  override init(): Promise<void> | void {
    this.#isClosed = false;
  }

  override close(): Promise<void> | void {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
    this.#claimed.clear();
    this.#members.clear();
    this.#log = this.#newLog();
  }

  /** Where the log of packets stands. A new socket that receives none can come back to here. */
  currentOffset(): string {
    return this.#log.offset;
  }

  override addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    let membership = this.#members.get(id);
    if (membership === undefined) this.#members.set(id, (membership = new Membership(this.#log.last)));
    // With its own room it has all of its rooms, and gets its packets itself from here on.
    const claimed = this.#claimed.size > 0 && rooms.has(id) ? this.#claimed.remove(id) : undefined;
    if (claimed !== undefined) membership.resume(claimed.membership);
    for (const room of rooms) membership.join(room, this.#log);
    return super.addAll(id, rooms);
  }

  override del(id: SocketId, room: Room): Promise<void> | void {
    this.#members.get(id)?.leave(room, this.#log);
    return super.del(id, room);
  }

  override delAll(id: SocketId): void {
    this.#members.delete(id);
    super.delAll(id);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  override broadcast(packet: any, options: BroadcastOptions): void {
    if (this.#isClosed || !isRecoverable(packet, options)) {
      super.broadcast(packet, options);
      return;
    }
    packet.nsp = this.nsp.name;
    const sockets = this.#delivery.select(options);
    // Whom nobody can have missed need not be kept.
    if (sockets.length === 0 && !this.#waiting.hasAny(options) && !this.#claimed.hasAny(options)) return;
    packet.data.push(this.#log.nextOffset);
    const { outlet } = this.#delivery;
    const prepared = outlet.prepare(packet);
    this.#record(options, outlet.keep(prepared, packet), outlet.byteLengthOf(prepared));
    this.#delivery.deliver(sockets, prepared, packet, options.flags);
    outlet.release(prepared);
  }

  /** Keeps a session for as long as `maxDisconnectionDuration` says. */
  override persistSession(session: SessionToPersist): void {
    if (this.#isClosed) return;
    debug("session of %s is kept", session.sid);
    const membership =
      this.#claimed.remove(session.sid)?.membership ?? this.#members.get(session.sid) ?? new Membership(0);
    membership.end(session.rooms, this.#log);
    this.#waiting.put(session.pid, session, membership, this.#clock.now());
    this.#arm();
  }

  /**
   * Gives a session back, once. What its socket would get until it joins its rooms is kept as well, for
   * {@link missedPackets}.
   *
   * @param offset of the last packet received; without it, where the log stood when the socket was made.
   * @returns `null` when there is no such session, or packets that it would have got are not there any more.
   */
  override async restoreSession(pid: PrivateSessionId, offset?: string | undefined): Promise<Session> {
    return this.#restore(pid, offset) as Session;
  }

  /**
   * What the socket of a session has missed up to now. For a socket about to join its rooms.
   *
   * @param session as {@link restoreSession} gave it.
   * @param offset as for {@link restoreSession}.
   * @returns `undefined` when packets that it would have got are not there any more: it took too long to come, or the
   * log had no room for them.
   */
  missedPackets(
    session: Pick<SessionToPersist, "sid">,
    offset?: string | undefined,
  ): unknown[][] | undefined {
    return this.#missedByClaimed(session, offset)?.map((kept) => kept.data());
  }

  /**
   * As {@link missedPackets}, but what the namespace's `prepare` has made of each packet: they need not be decoded and
   * encoded once more.
   */
  missedPrepared(session: Pick<SessionToPersist, "sid">, offset?: string | undefined): unknown[] | undefined {
    return this.#missedByClaimed(session, offset)?.map((kept) => kept.prepared ?? kept.data());
  }

  #restore(pid: PrivateSessionId, offset: string | undefined): Session | null {
    const nowMs = this.#clock.now();
    const kept = this.#waiting.take(pid, nowMs);
    const missed = kept === undefined ? undefined : this.#missedBy(kept, offset);
    if (kept === undefined || missed === undefined) {
      debug("nothing to take up again: no session, or what it has missed is not known");
      return null;
    }
    const { session, membership } = kept;
    this.#claimed.put(session.sid, session, membership, nowMs);
    this.#arm();
    return {
      ...session,
      // Whoever asks later, when the socket joins its rooms, has no need of them now.
      get missedPackets() {
        return missed.map((packet) => packet.data());
      },
    };
  }

  #missedByClaimed({ sid }: Pick<SessionToPersist, "sid">, offset: string | undefined): Kept[] | undefined {
    const claimed = this.#claimed.get(sid, this.#clock.now());
    return claimed === undefined ? undefined : this.#missedBy(claimed, offset);
  }

  #missedBy({ session, membership }: KeptSession, offset: string | undefined): Kept[] | undefined {
    const from: unknown = offset ?? session.offset;
    return typeof from === "string" ? this.#log.since(from, membership) : undefined;
  }

  #record(options: BroadcastOptions, kept: Kept, byteLength: number): void {
    this.#log.add(options, kept, byteLength, this.#clock.now());
    this.#arm();
  }

  #newLog(): PacketLog {
    return new PacketLog(randomBytes(TAG_BYTES).toString("base64url"), this.#limits);
  }

  /** Sets the one timer, unless it runs or there is nothing to free. */
  #arm(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    if (this.#log.size === 0 && this.#waiting.size === 0 && this.#claimed.size === 0) return;
    const delayMs = Math.max(1, this.#limits.maxDisconnectionDuration / SWEEPS_PER_DURATION);
    this.#timer = setBackgroundTimeout(this.#clock, () => this.#sweep(), delayMs);
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    this.#waiting.expire(nowMs);
    this.#claimed.expire(nowMs);
    this.#log.dropOlderThan(nowMs - this.#limits.maxDisconnectionDuration);
    this.#arm();
  }
}
