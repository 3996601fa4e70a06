import type {
  AdapterSocket,
  BroadcastFlags,
  BroadcastOptions,
  Room,
  SocketId,
} from "@towline/socket.io-adapter";
import { PACKET_TYPE, type Packet, RESERVED_EVENTS } from "@towline/socket.io-parser";
import type { AnyNamespace, AnySocket } from "./client.ts";
import type {
  AckResult,
  ArgsWithoutAck,
  EventNames,
  EventParams,
  EventsMap,
  TimeoutEvents,
} from "./typed-events.ts";

export interface Selection {
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly flags: BroadcastFlags;
}

export const EVERYONE: Selection = { rooms: new Set(), except: new Set(), flags: {} };

const asList = (room: Room | Room[]): Room[] => (Array.isArray(room) ? room : [room]);

/**
 * Sockets of a namespace, chosen step by step. Each step gives a new operator and leaves the old one as it was.
 *
 * @example
 * io.to("news").except("muted").emit("headline", text);
 */
export class BroadcastOperator<EmitEvents extends EventsMap, SocketData> {
  readonly #namespace: AnyNamespace;
  readonly #selection: Selection;

  constructor(namespace: AnyNamespace, selection: Selection) {
    this.#namespace = namespace;
    this.#selection = selection;
  }

  /** Adds rooms to reach. */
  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.#with({ rooms: new Set([...this.#selection.rooms, ...asList(room)]) });
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.to(room);
  }

  /** Adds rooms whose members are left out. */
  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.#with({ except: new Set([...this.#selection.except, ...asList(room)]) });
  }

  /** Whether the event is compressed. */
  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData> {
    return this.#withFlags({ compress });
  }

  /** The event may be lost for clients that are not ready to receive. */
  get volatile(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#withFlags({ volatile: true });
  }

  /** Only sockets of this server. */
  get local(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#withFlags({ local: true });
  }

  /** How long to wait for acknowledgements, in milliseconds. */
  timeout(timeout: number): BroadcastOperator<TimeoutEvents<EmitEvents>, SocketData> {
    return this.#withFlags({ timeout }) as unknown as BroadcastOperator<
      TimeoutEvents<EmitEvents>,
      SocketData
    >;
  }

  /**
   * Sends an event to all of them. A function as the last argument gets an error (`null` when all answered in time)
   * and the list of their acknowledgements; it needs {@link timeout}.
   *
   * @throws {Error} when the name is reserved.
   */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    if (RESERVED_EVENTS.has(event)) throw new Error(`"${String(event)}" is a reserved event name`);
    const data: unknown[] = [event, ...args];
    const last = data[data.length - 1];
    const packet: Packet = { type: PACKET_TYPE.EVENT, nsp: this.#namespace.name, data };
    if (typeof last !== "function") {
      this.#namespace.adapter.broadcast(packet, this.#options());
      return true;
    }
    data.pop();
    this.#emitWithAcks(packet, last as (error: Error | null, answers: unknown[]) => void);
    return true;
  }

  /**
   * Sends an event to all of them and waits for their acknowledgements.
   *
   * @throws {Error} (rejects) when not all answered in time; its `responses` holds the answers of those who did.
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: ArgsWithoutAck<EventParams<EmitEvents, Ev>>
  ): Promise<AckResult<EventParams<EmitEvents, Ev>>> {
    return new Promise((resolve, reject) => {
      const onAnswers = (error: (Error & { responses?: unknown }) | null, responses: unknown) => {
        if (error === null) resolve(responses as AckResult<EventParams<EmitEvents, Ev>>);
        else reject(Object.assign(error, { responses }));
      };
      this.emit(event, ...([...args, onAnswers] as unknown as EventParams<EmitEvents, Ev>));
    });
  }

  /** The sockets themselves. */
  async fetchSockets(): Promise<AnySocket[]> {
    return (await this.#namespace.adapter.fetchSockets(this.#options())) as unknown as AnySocket[];
  }

  /** Ids of the sockets. */
  allSockets(): Promise<Set<SocketId>> {
    return this.#namespace.adapter.sockets(new Set(this.#selection.rooms));
  }

  /** Makes all of them join rooms. */
  socketsJoin(room: Room | Room[]): void {
    this.#namespace.adapter.addSockets(this.#options(), asList(room));
  }

  /** Makes all of them leave rooms. */
  socketsLeave(room: Room | Room[]): void {
    this.#namespace.adapter.delSockets(this.#options(), asList(room));
  }

  /** Disconnects all of them; with `close`, their connections end. */
  disconnectSockets(close = false): void {
    this.#namespace.adapter.disconnectSockets(this.#options(), close);
  }

  #with(change: Partial<Selection>): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.#namespace, { ...this.#selection, ...change });
  }

  #withFlags(flags: BroadcastFlags): BroadcastOperator<EmitEvents, SocketData> {
    return this.#with({ flags: { ...this.#selection.flags, ...flags } });
  }

  #options(): BroadcastOptions {
    const { rooms, except, flags } = this.#selection;
    return { rooms: new Set(rooms), except: new Set(except), flags };
  }

  #emitWithAcks(packet: Packet, callback: (error: Error | null, answers: unknown[]) => void): void {
    const answers: unknown[] = [];
    let expected: number | undefined;
    let settled = false;
    const settle = (error: Error | null) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      callback(error, answers);
    };
    const settleIfComplete = () => {
      if (answers.length === expected) settle(null);
    };
    const { timeout } = this.#selection.flags;
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => settle(new Error("operation has timed out")), timeout);
    this.#namespace.adapter.broadcastWithAck(
      packet,
      this.#options(),
      (count) => {
        expected = count;
        // With nobody to wait for, the callback still comes after `emit` has returned, as it always does.
        if (count === 0) process.nextTick(settle, null);
        else settleIfComplete();
      },
      (answer) => {
        answers.push(answer);
        settleIfComplete();
      },
    );
  }
}

/** What an adapter hands back for a socket of this server. */
export type LocalSocket = AnySocket & AdapterSocket<unknown>;
