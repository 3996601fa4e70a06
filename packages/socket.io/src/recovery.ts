import type { Adapter, Session } from "@towline/socket.io-adapter";
import createDebug from "debug";
import { callUser } from "./call-user.ts";
import type { AnyNamespace, AnySocket, Client, JoinRequest } from "./client.ts";
import { reporterFor } from "./handler-error.ts";
import type { ResolvedServerOptions } from "./server-options.ts";
import type { Missed } from "./socket.ts";
import type { DisconnectReason } from "./socket-types.ts";

const debug = createDebug("socket.io:recovery");

/** The client may not have wanted to leave, so that it may come back. */
const RECOVERABLE: ReadonlySet<DisconnectReason> = new Set([
  "transport error",
  "transport close",
  "forced close",
  "ping timeout",
  "server shutting down",
  "forced server close",
]);

/** What an adapter of ours does beyond those of others, so that nothing is lost at either end of an absence. */
interface ExactLog {
  /** Where the log stands. */
  currentOffset?(): string | undefined;
  /** What a socket has missed since; `undefined` when the log does not reach back that far. */
  missedPrepared?(session: Pick<Session, "sid">, offset: string | undefined): Missed[] | undefined;
}

/** As long as adapters wait for one another. */
const RESTORE_TIMEOUT_MS = 5_000;

interface Live {
  readonly socket: AnySocket;
  /** Where the log stood when the socket was let in: a client that has received nothing knows no offset. */
  readonly startOffset: string | undefined;
  /** The rooms that it will join. */
  readonly rooms: readonly string[];
}

type Settings = NonNullable<ResolvedServerOptions["connectionStateRecovery"]>;

/**
 * Connection state recovery of one namespace: a socket gets a private id, and a client that comes back with it soon finds
 * its id, rooms and data, and what it has missed.
 *
 * @see protocol-docs/socket.io.md#connection-state-recovery
 */
export class Recovery {
  readonly skipsMiddlewares: boolean;
  readonly #maxAbsenceMs: number;
  readonly #namespace: AnyNamespace;
  readonly #live = new Map<string, Live>();
  /** Until when somebody may come back, on the clock of `performance.now`. */
  #keptUntilMs = 0;

  constructor(namespace: AnyNamespace, { skipMiddlewares, maxDisconnectionDuration }: Settings) {
    this.#namespace = namespace;
    this.skipsMiddlewares = skipMiddlewares;
    this.#maxAbsenceMs = maxDisconnectionDuration;
  }

  /** Clients of revision 4 work out their ids by themselves and cannot be given an earlier one. */
  isClaim({ revision }: Client, { auth: { pid, offset } }: JoinRequest): boolean {
    return revision === 5 && typeof pid === "string" && (offset === undefined || typeof offset === "string");
  }

  /**
   * Takes a session up again. It is given out once: whoever comes later with the same id gets a new socket.
   *
   * @returns `undefined` when there is none any more.
   */
  async claim(client: Client, { auth }: JoinRequest): Promise<Session | undefined> {
    const { pid, offset } = auth as { readonly pid: string; readonly offset: string };
    // The client knows sooner than we do that its old connection is gone. Two sockets of one id must never be.
    this.#live.get(pid)?.socket.client.close();
    try {
      return await this.#restore(pid, offset);
    } catch (error) {
      debug("%s: nothing to recover: %s", client.id, (error as Error).message);
      return undefined;
    }
  }

  /** A broker that is away would have the client wait for it. What it gives too late is given back. */
  async #restore(pid: string, offset: string): Promise<Session | undefined> {
    let isLate = false;
    const restored = Promise.resolve(this.#adapter.restoreSession(pid, offset)).then((session) => {
      if (isLate && session) this.giveBack(session);
      return session ?? undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve(undefined);
      }, RESTORE_TIMEOUT_MS);
    });
    try {
      return await Promise.race([restored, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The client is gone again before it could be let in. */
  giveBack({ sid, pid, rooms, data, offset }: Session): void {
    const session = { sid, pid, rooms, data };
    this.#keep(offset === undefined ? session : { ...session, offset });
  }

  /** For how long from now on a session is kept for somebody, in milliseconds; 0 when there is none. */
  get keptForMs(): number {
    return Math.max(0, this.#keptUntilMs - performance.now());
  }

  /** A socket is let in, perhaps with the session it takes up again. */
  remember(socket: AnySocket, session: Session | undefined): void {
    if (socket.pid === "") return;
    // What was sent need not have arrived: only what the client says it has counts.
    const startOffset = session === undefined ? this.#adapter.currentOffset?.() : session.offset;
    this.#live.set(socket.pid, { socket, startOffset, rooms: session?.rooms ?? [socket.id] });
  }

  /** A socket is no longer there. */
  forget(socket: AnySocket): void {
    if (this.#live.get(socket.pid)?.socket === socket) this.#live.delete(socket.pid);
  }

  /** A socket is about to leave its rooms. */
  persist(socket: AnySocket, reason: DisconnectReason): void {
    const live = this.#live.get(socket.pid);
    if (live?.socket !== socket || !RECOVERABLE.has(reason)) return;
    const { id: sid, pid, data } = socket;
    // It may be gone before it has joined any.
    const rooms = socket.rooms.size > 0 ? [...socket.rooms] : [...live.rooms];
    const session = { sid, pid, rooms, data };
    const { startOffset } = live;
    this.#keep(startOffset === undefined ? session : { ...session, offset: startOffset }, socket);
  }

  /** What the socket of a session has missed up to this moment; `undefined` when part of that is gone from the log. */
  missedPackets(session: Session, offset: unknown): Missed[] | undefined {
    const adapter = this.#adapter;
    return adapter.missedPrepared === undefined
      ? session.missedPackets
      : adapter.missedPrepared(session, offset as string | undefined);
  }

  /** An adapter may not be able to: some encode the data of the socket, whatever the application has put there. */
  #keep(session: Parameters<Adapter["persistSession"]>[0], socket?: AnySocket): void {
    this.#keptUntilMs = performance.now() + this.#maxAbsenceMs;
    callUser(
      () => this.#adapter.persistSession(session),
      reporterFor({ namespace: this.#namespace, socket, event: "persistSession", args: [session] }),
    );
  }

  get #adapter(): Adapter & ExactLog {
    return this.#namespace.adapter;
  }
}
