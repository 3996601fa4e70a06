import type { Adapter, BroadcastFlags, BroadcastOptions, Room, SocketId } from "@towline/socket.io-adapter";
import { PACKET_TYPE, type SocketPacket as Packet, RESERVED_EVENTS } from "@towline/socket.io-parser";
import { BroadcastAnswers } from "./broadcast-answers.ts";
import { callUser, watch } from "./call-user.ts";
import { reportHandlerError } from "./handler-error.ts";
import { RemoteSocket, type SocketDetails } from "./remote-socket.ts";
import { refuseReserved } from "./reserved-events.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  EventNames,
  EventNamesWithError,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  TypedEventBroadcaster,
} from "./typed-events.ts";

/** From here `socket.io/dist/broadcast-operator` has it. */
export type { RemoteSocket };

/** How a broadcast is sent and answered. */
export interface OperatorFlags extends BroadcastFlags {
  /** One client is asked: its answer comes as it is, not in a list. */
  expectSingleResponse?: boolean;
}

/** What is broadcast by an emitter of these events: each acknowledgement comes as a list. */
export type Broadcast<EmitEvents extends EventsMap, SocketData> = BroadcastOperator<
  DecorateAcknowledgementsWithMultipleResponses<EmitEvents>,
  SocketData
>;

const NO_ROOMS: ReadonlySet<Room> = new Set();
const NO_FLAGS: OperatorFlags = Object.freeze({});
/** Who asks many without saying for how long is told at once, as in the reference: one who never answers is always among them. */
const NO_TIMEOUT_MS = 1;

type Answer<EmitEvents extends EventsMap, Name extends EventNames<EmitEvents>> = FirstNonErrorArg<
  Last<EventParams<EmitEvents, Name>>
>;

export const asList = (room: Room | readonly Room[]): Room[] =>
  Array.isArray(room) ? (room as Room[]) : [room as Room];

/**
 * Sockets of a namespace, chosen step by step. Each step gives a new operator and leaves the old one as it was.
 *
 * @example
 * io.to("news").except("muted").emit("headline", text);
 */
export class BroadcastOperator<EmitEvents extends EventsMap, SocketData>
  implements TypedEventBroadcaster<EmitEvents>
{
  readonly #adapter: Adapter;
  readonly #rooms: ReadonlySet<Room>;
  readonly #except: ReadonlySet<Room>;
  readonly #flags: OperatorFlags;

  /**
   * @param rooms the rooms to reach; none stands for everyone.
   * @param except rooms whose members are left out.
   */
  constructor(
    adapter: Adapter,
    rooms: ReadonlySet<Room> = NO_ROOMS,
    except: ReadonlySet<Room> = NO_ROOMS,
    flags: OperatorFlags = NO_FLAGS,
  ) {
    this.#adapter = adapter;
    this.#rooms = rooms;
    this.#except = except;
    this.#flags = flags;
  }

  /** Adds rooms to reach. A socket in several of them is reached once. */
  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    const rooms = new Set([...this.#rooms, ...asList(room)]);
    return new BroadcastOperator(this.#adapter, rooms, this.#except, this.#flags);
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.to(room);
  }

  /** Adds rooms whose members are left out. */
  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    const except = new Set([...this.#except, ...asList(room)]);
    return new BroadcastOperator(this.#adapter, this.#rooms, except, this.#flags);
  }

  /** Whether the event may be compressed. Defaults to true. */
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
  timeout(timeout: number): BroadcastOperator<DecorateAcknowledgements<EmitEvents>, SocketData> {
    return this.#withFlags({ timeout }) as unknown as BroadcastOperator<
      DecorateAcknowledgements<EmitEvents>,
      SocketData
    >;
  }

  /**
   * Sends an event to all of them. A function as the last argument gets an error (`null` when all answered in time)
   * and the list of their acknowledgements; it needs {@link timeout}.
   *
   * @returns true.
   * @throws {Error} when the name is reserved.
   */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    refuseReserved(event, RESERVED_EVENTS);
    const data: unknown[] = [event, ...args];
    const packet: Packet = { type: PACKET_TYPE.EVENT, nsp: this.#adapter.nsp.name, data };
    if (typeof data[data.length - 1] === "function")
      this.#emitWithAnswers(packet, data.pop() as (error: Error | null, answers: unknown) => void);
    else this.#watch(this.#adapter.broadcast(packet, this.#options()), data);
    return true;
  }

  /**
   * Sends an event to all of them and waits for their acknowledgements.
   *
   * @throws {AckError} (rejects) when not all answered in time; its `responses` holds the answers of those who did.
   */
  emitWithAck<Ev extends EventNamesWithError<EmitEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<Answer<EmitEvents, Ev>> {
    return new Promise((resolve, reject) => {
      const onAnswers = (error: (Error & { responses?: unknown }) | null, responses: unknown) => {
        if (error === null) resolve(responses as Answer<EmitEvents, Ev>);
        else reject(Object.assign(error, { responses }));
      };
      this.emit(event, ...([...args, onAnswers] as unknown as EventParams<EmitEvents, Ev>));
    });
  }

  /** The sockets: those of this server themselves, of others what can be told and done from here. */
  async fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    const found: SocketDetails<SocketData>[] = await this.#adapter.fetchSockets(this.#options());
    return found.map((socket) =>
      "server" in socket
        ? (socket as unknown as RemoteSocket<EmitEvents, SocketData>)
        : new RemoteSocket(this.#only(socket.id), socket),
    );
  }

  /** Ids of the sockets. @deprecated Use {@link fetchSockets}. */
  allSockets(): Promise<Set<SocketId>> {
    return this.#adapter.sockets(new Set(this.#rooms));
  }

  /** Makes all of them join rooms. */
  socketsJoin(room: Room | Room[]): void {
    this.#watch(this.#adapter.addSockets(this.#options(), asList(room)), ["socketsJoin", room]);
  }

  /** Makes all of them leave rooms. */
  socketsLeave(room: Room | Room[]): void {
    this.#watch(this.#adapter.delSockets(this.#options(), asList(room)), ["socketsLeave", room]);
  }

  /** Disconnects all of them; with `close`, their connections end. */
  disconnectSockets(close = false): void {
    this.#watch(this.#adapter.disconnectSockets(this.#options(), close), ["disconnectSockets", close]);
  }

  /** An adapter of a cluster may promise what others do at once, and fail. */
  #watch(result: unknown, [event, ...args]: readonly unknown[]): void {
    watch(result, (error, isRejection) =>
      reportHandlerError(error, isRejection, {
        namespace: this.#adapter.nsp,
        socket: undefined,
        event: event as string,
        args,
      }),
    );
  }

  #only(id: SocketId): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.#adapter, new Set([id]), NO_ROOMS, { expectSingleResponse: true });
  }

  #withFlags(flags: OperatorFlags): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.#adapter, this.#rooms, this.#except, { ...this.#flags, ...flags });
  }

  /** Sets of their own: an adapter may keep or change what it is given. */
  #options(): BroadcastOptions {
    return { rooms: new Set(this.#rooms), except: new Set(this.#except), flags: { ...this.#flags } };
  }

  #emitWithAnswers(packet: Packet, callback: (error: Error | null, answers: unknown) => void): void {
    const { timeout = NO_TIMEOUT_MS, expectSingleResponse } = this.#flags;
    const namespace = this.#adapter.nsp;
    const args = (packet.data as unknown[]).slice(1);
    const answers = new BroadcastAnswers((error, list) => {
      // Who asked one client gets one answer; what came from it is of no use if it came too late.
      const answer = expectSingleResponse === true ? (error === null ? list[0] : null) : list;
      callUser(
        () => callback(error, answer),
        (thrown, isRejection) =>
          reportHandlerError(thrown, isRejection, { namespace, socket: undefined, event: "ack", args }),
      );
    });
    const options = this.#options();
    const sent: unknown = this.#adapter.broadcastWithAck(
      packet,
      { ...options, flags: { ...options.flags, timeout } },
      (count) => answers.onClientCount(count),
      (answer) => answers.onAnswer(answer),
    );
    this.#watch(sent, packet.data as unknown[]);
    // After the adapter has set its own timer, so that nothing waits any more when the callback is told.
    answers.wait(timeout);
    // Later, also on a single server: the callback comes after `emit` has returned.
    void this.#adapter.serverCount().then(
      (count) => answers.onServerCount(count),
      () => {},
    );
  }
}
