/** What each session must hear, and what it has heard. */
import type { Random } from "../../simulation/random.ts";
import type { IoServer, ServerSocket, Target } from "./peers.ts";

/** Rooms that sessions join and leave. */
const ROOMS = ["a", "b", "c"] as const;

/** All sockets that one another have taken up, by the id that they share. */
interface Session {
  readonly id: string;
  socket: ServerSocket;
  readonly rooms: Set<string>;
  /** Numbers of the events that were for it, in their order. */
  readonly wanted: number[];
  readonly heard: number[];
}

export class Model {
  readonly #io: IoServer;
  readonly #sessions = new Map<string, Session>();
  readonly #random: Random;
  readonly #faults: string[] = [];
  #last = 0;

  constructor(io: IoServer, random: Random) {
    this.#io = io;
    this.#random = random;
    io.on("connection", (socket) => this.#onConnection(socket));
  }

  /** Everything that was not as it must be. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** How many events were emitted. */
  get emitted(): number {
    return this.#last;
  }

  /** A client has heard an event under this id. */
  onHeard(id: string | undefined, number: unknown): void {
    const session = this.#sessions.get(String(id));
    if (session === undefined) {
      this.#faults.push(`${id}: heard ${number}, and is no session`);
      return;
    }
    session.heard.push(Number(number));
    const { wanted, heard } = session;
    const expected = wanted[heard.length - 1];
    if (expected !== number)
      this.#faults.push(`${id}: heard ${number} instead of ${expected}, after ${heard.slice(-4, -1)}`);
  }

  /** Whether a client has heard all that its session wants. */
  isComplete(id: string | undefined): boolean {
    const session = this.#sessions.get(String(id));
    return session !== undefined && session.heard.length >= session.wanted.length;
  }

  /** What a client tells at the end, when `isComplete` did not come true. */
  lackOf(id: string | undefined): string {
    const session = this.#sessions.get(String(id));
    return `${id}: heard ${session?.heard.length} of ${session?.wanted.length}`;
  }

  /** Does one of the things that an application does. */
  act(): void {
    const random = this.#random;
    const session = random.pick([...this.#sessions.values()]);
    if (session === undefined || random.chance(0.2)) this.emitToAll();
    else if (random.chance(0.3)) this.#move(session);
    else if (random.chance(0.4)) this.#emit(session.socket, ({ id }) => id === session.id);
    else this.#emitToSome(session);
  }

  emitToAll(): void {
    this.#emit(this.#io, () => true);
  }

  #emitToSome({ id }: Session): void {
    const [room, other] = [this.#random.pick(ROOMS), this.#random.pick(ROOMS)];
    const io: Target = this.#io;
    const emit = this.#random.pick<() => void>([
      () => this.#emit(io.to(room), ({ rooms }) => rooms.has(room)),
      () => this.#emit(io.except(room), ({ rooms }) => !rooms.has(room)),
      () => this.#emit(io.to(id), (session) => session.id === id),
      () =>
        this.#emit(io.to(room).to(id).except(other), (session) => {
          const isWanted = session.rooms.has(room) || session.id === id;
          return isWanted && !session.rooms.has(other);
        }),
    ]);
    emit();
  }

  #emit(
    target: { emit(event: string, ...args: unknown[]): unknown },
    isFor: (session: Session) => boolean,
  ): void {
    const number = ++this.#last;
    for (const session of this.#sessions.values()) if (isFor(session)) session.wanted.push(number);
    target.emit("event", number, number % 7 === 0 ? Buffer.alloc(number % 200) : "x".repeat(number % 100));
  }

  #move({ socket, rooms }: Session): void {
    // Who is away keeps the rooms that it had.
    if (!socket.connected) return;
    const room = this.#random.pick(ROOMS);
    if (rooms.delete(room)) socket.leave(room);
    else {
      rooms.add(room);
      socket.join(room);
    }
  }

  #onConnection(socket: ServerSocket): void {
    const session = this.#sessions.get(socket.id);
    if (!socket.recovered) {
      if (session !== undefined) this.#faults.push(`${socket.id}: given to two sessions`);
      const rooms = new Set(ROOMS.filter(() => this.#random.chance(0.4)));
      this.#sessions.set(socket.id, { id: socket.id, socket, rooms, wanted: [], heard: [] });
      socket.join([...rooms]);
      return;
    }
    if (session === undefined) {
      this.#faults.push(`${socket.id}: recovered, and never was there`);
      return;
    }
    if (session.socket.connected) this.#faults.push(`${socket.id}: two live sockets`);
    const rooms = new Set([...socket.rooms].filter((room) => room !== socket.id));
    if ([...rooms].sort().join() !== [...session.rooms].sort().join())
      this.#faults.push(`${socket.id}: in ${[...rooms]} instead of ${[...session.rooms]}`);
    session.socket = socket;
  }
}
