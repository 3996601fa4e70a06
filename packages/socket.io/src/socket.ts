import { captureRejectionSymbol, EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { type EventOf, nextState } from "@towline/core";
import { type Socket as EngineSocket, randomId } from "@towline/engine.io";
import type { Room, Session, SocketId } from "@towline/socket.io-adapter";
import { PACKET_TYPE, type SocketPacket as Packet, RESERVED_EVENTS } from "@towline/socket.io-parser";
import createDebug from "debug";
import { type AckCallback, Acks } from "./acks.ts";
import { AnyListening } from "./any-listening.ts";
import { asList, type Broadcast, BroadcastOperator } from "./broadcast-operator.ts";
import { callUser, passOn, type Report, watch } from "./call-user.ts";
import { type Client, type JoinRequest, refusalOf } from "./client.ts";
import { failAnswer, INTERNAL_ERROR, reporterFor } from "./handler-error.ts";
import { createHandshake, type Handshake } from "./handshake.ts";
import { runMiddlewares } from "./middlewares.ts";
import type { Namespace } from "./namespace.ts";
import type { PreparedPacket } from "./prepared-packet.ts";
import { refuseReserved } from "./reserved-events.ts";
import type { SendFlags } from "./send-flags.ts";
import type { Server } from "./server.ts";
import { SOCKET } from "./socket-states.ts";
import type { DisconnectReason, Event, SocketMiddleware, SocketReservedEventsMap } from "./socket-types.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "./typed-events.ts";

/** From here `socket.io/dist/socket` has it. */
export type { Event };

const debug = createDebug("socket.io:socket");

/** An event that is kept for a client that is away: as an adapter of another make has it, or as ours. */
export type Missed = unknown[] | PreparedPacket;

interface EmitFlags {
  volatile?: boolean;
  compress?: boolean;
  /** How long to wait for the acknowledgement, in milliseconds. */
  timeout?: number;
}

const NO_FLAGS: EmitFlags = Object.freeze({});

/** Calls listeners, where a socket's own `emit` sends. */
const EMIT = EventEmitter.prototype.emit;

/**
 * One client in one namespace.
 *
 * @example
 * io.on("connection", (socket) => {
 *   socket.on("greet", (name, reply) => reply(`hello ${name}`));
 *   socket.emit("welcome");
 * });
 */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference, data of no declared type is free.
  SocketData = any,
> extends AnyListening<ListenEvents, EmitEvents, SocketReservedEventsMap> {
  readonly id: SocketId;
  readonly nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly client: Client;
  /** Whether the socket took up an earlier one's id, rooms and data. */
  readonly recovered: boolean;
  /** @internal What a client comes back with; "" where nothing is kept for it. */
  readonly pid: string;
  readonly #join: JoinRequest;
  readonly #issued = Date.now();
  #data: SocketData | undefined;
  #handshake: Handshake | undefined;
  #state: keyof typeof SOCKET.transitions = SOCKET.initial;
  #acks: Acks | undefined;
  /** Never changed, but replaced: an event that is under way meets those that it began with. */
  #middlewares: readonly SocketMiddleware[] | undefined;
  #flags: EmitFlags = NO_FLAGS;

  constructor(
    nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    client: Client,
    id: SocketId,
    join: JoinRequest,
    session: Session | undefined,
  ) {
    super({ captureRejections: true });
    this.nsp = nsp;
    this.client = client;
    this.id = id;
    this.pid = session?.pid ?? (nsp.recovery === undefined || client.revision === 4 ? "" : randomId());
    this.#data = session?.data as SocketData | undefined;
    this.recovered = session !== undefined;
    this.#join = join;
  }

  get server(): Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    return this.nsp.server;
  }

  /** Yours to fill. Made when first asked for. */
  get data(): SocketData {
    return (this.#data ??= {} as SocketData);
  }

  set data(data: SocketData) {
    this.#data = data;
  }

  /** What the socket was opened with. Put together when first asked for. */
  get handshake(): Handshake {
    const { auth, query } = this.#join;
    this.#handshake ??= createHandshake(this.request, this.conn.remoteAddress, this.#issued, auth, query);
    return this.#handshake;
  }

  /** The connection below. */
  get conn(): EngineSocket {
    return this.client.conn;
  }

  /** The request that opened the connection. */
  get request(): IncomingMessage {
    return this.client.request;
  }

  /** The rooms it is in, its own among them. */
  get rooms(): Set<Room> {
    return this.nsp.adapter.socketRooms(this.id) ?? new Set();
  }

  get connected(): boolean {
    return this.#state === "connected" || this.#state === "leaving";
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** @internal Middlewares still look at it. */
  get isJoining(): boolean {
    return this.#state === "joining";
  }

  /** @internal It has left, or was never let in. */
  get isGone(): boolean {
    return this.#state === "disconnected";
  }

  /** The acknowledgements it waits for. */
  get acks(): Acks {
    if (this.#acks === undefined) {
      this.#acks = new Acks(this.reportFrom("ack", []));
      if (this.isGone) this.#acks.close();
    }
    return this.#acks;
  }

  /**
   * Sends an event to the client. A function as the last argument is called with the client's acknowledgement.
   *
   * @returns true.
   * @throws {Error} when the name is reserved.
   * @throws {TypeError} when the arguments cannot be written as JSON.
   */
  override emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    const flags = this.#takeFlags();
    refuseReserved(event, RESERVED_EVENTS);
    const data: unknown[] = [event, ...args];
    if (typeof data[data.length - 1] === "function") {
      const callback = data.pop() as AckCallback;
      const { timeout } = flags;
      if (timeout === undefined) this.#emitAsking(data, flags, (id) => this.acks.set(id, callback));
      else
        this.#emitAsking(data, flags, (id) =>
          this.acks.setFailing(id, (...answer) => callback(null, ...answer), callback, timeout),
        );
    } else if (this.nsp.recovery === undefined || flags.volatile === true || this.#state === "joining")
      this.#send(this.#event(data), flags);
    else {
      // Through the adapter, which keeps it for the time when the client is away.
      const options = { rooms: new Set([this.id]), except: new Set<Room>(), flags };
      watch(this.nsp.adapter.broadcast(this.#event(data), options), this.reportFrom(event, args));
    }
    return true;
  }

  /**
   * Sends an event and waits for the acknowledgement.
   *
   * @throws {AckError} (rejects) when none came within the time set by {@link timeout}, or before the client left.
   */
  emitWithAck<Ev extends EventNamesWithAck<EmitEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>> {
    const flags = this.#takeFlags();
    refuseReserved(event, RESERVED_EVENTS);
    return new Promise((resolve, reject) => {
      this.#emitAsking([event, ...args], flags, (id) =>
        this.acks.setFailing(
          id,
          (answer) => resolve(answer as FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>),
          reject,
          flags.timeout,
        ),
      );
    });
  }

  /** Sends a `message` event. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this.emit("message" as EventNames<EmitEvents>, ...(args as never));
    return this;
  }

  /** Sends a `message` event. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  /** The next event's acknowledgement callback gets an error first, if need be after `timeoutMs` milliseconds. */
  timeout(
    timeoutMs: number,
  ): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>, ServerSideEvents, SocketData> {
    this.#flags = { ...this.#flags, timeout: timeoutMs };
    return this as unknown as Socket<
      ListenEvents,
      DecorateAcknowledgements<EmitEvents>,
      ServerSideEvents,
      SocketData
    >;
  }

  /** The next event may be lost when the client is not ready to receive. */
  get volatile(): this {
    this.#flags = { ...this.#flags, volatile: true };
    return this;
  }

  /** Whether the next event may be compressed. Defaults to true. */
  compress(compress: boolean): this {
    this.#flags = { ...this.#flags, compress };
    return this;
  }

  /** Joins one room or several. */
  join(rooms: Room | Room[]): Promise<void> | void {
    // Nothing would ever take a socket that is gone out of a room again.
    if (this.#state === "disconnected") return;
    return this.nsp.adapter.addAll(this.id, new Set(asList(rooms)));
  }

  leave(room: Room): Promise<void> | void {
    return this.nsp.adapter.del(this.id, room);
  }

  /** Everyone in these rooms but this client. */
  to(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.#broadcast().to(room);
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.to(room);
  }

  /** Everyone but this client and the members of these rooms. */
  except(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.#broadcast().except(room);
  }

  /** Everyone but this client. */
  get broadcast(): Broadcast<EmitEvents, SocketData> {
    return this.#broadcast();
  }

  /** Everyone on this server but this client. */
  get local(): Broadcast<EmitEvents, SocketData> {
    return this.#broadcast().local;
  }

  /** Leaves the namespace; with `close`, the whole connection ends. */
  disconnect(close = false): this {
    if (this.#state !== "connected") return this;
    if (close) this.client.disconnect();
    else {
      this.client.send({ type: PACKET_TYPE.DISCONNECT, nsp: this.nsp.name });
      this.onClose("server namespace disconnect");
    }
    return this;
  }

  /** Adds a middleware for incoming events. */
  use(middleware: SocketMiddleware): this {
    this.#middlewares = [...(this.#middlewares ?? []), middleware];
    return this;
  }

  /**
   * @internal The namespace lets the socket in.
   *
   * @param rooms those of the session that it takes up again, if any.
   * @param missed the events that its client has not got.
   */
  admit(rooms: readonly Room[], missed: readonly Missed[]): void {
    this.#fire("admit");
    this.client.onJoined();
    this.#sendConnect();
    // Behind the welcome, as the client counts as received only what it hands out: cut in between, it would get this twice.
    for (const event of missed) this.#sendMissed(event);
    // More than may wait for a slow client: its connection has been ended.
    if (this.isGone) return;
    callUser(
      () => this.nsp.adapter.addAll(this.id, new Set([this.id, ...rooms])),
      this.reportFrom("join-room", []),
    );
  }

  /** @internal A broadcast reaches this socket. */
  deliver(prepared: PreparedPacket, packet: Packet, flags: SendFlags): void {
    if (!this.connected) return;
    this.notifyOutgoing(packet.data as unknown[]);
    this.client.sendPrepared(prepared, flags);
  }

  /** @internal Takes a packet of the client's. */
  onPacket(packet: Packet): void {
    switch (packet.type) {
      case PACKET_TYPE.EVENT:
      case PACKET_TYPE.BINARY_EVENT:
        this.onevent(packet);
        break;
      case PACKET_TYPE.ACK:
      case PACKET_TYPE.BINARY_ACK:
        if (packet.id === undefined || this.#acks?.resolve(packet.id, packet.data as unknown[]) !== true)
          debug("acknowledgement %d is not waited for", packet.id);
        break;
      case PACKET_TYPE.DISCONNECT:
        this.onClose("client namespace disconnect");
        break;
      default:
        debug("packet of type %d makes no sense from a client", packet.type);
    }
  }

  /** @internal The socket is gone, for whatever reason. */
  override onClose(reason: DisconnectReason, description?: unknown): void {
    if (!this.#fire("leave")) {
      if (this.#state === "joining") this.#leave(reason);
      return;
    }
    debug("%s disconnects: %s", this.id, reason);
    this.#tell("disconnecting", reason, description);
    this.nsp.recovery?.persist(this, reason);
    this.#leave(reason);
    this.#tell("disconnect", reason, description);
  }

  /** @internal A middleware keeps the socket out; says so, unless the client has left meanwhile. */
  refuse(error: Error & { data?: unknown }): void {
    if (this.#state !== "joining") return;
    const send = (refusal: Error) =>
      this.client.send(refusalOf(this.client.revision, this.nsp.name, refusal));
    try {
      send(error);
    } catch (fault) {
      // Its data cannot be written. The client must hear all the same.
      this.reportFrom("middleware", [this])(fault, false);
      send(new Error(INTERNAL_ERROR));
    }
    this.#leave("server namespace disconnect");
  }

  /** @internal Tells those who listen for `error`. @returns false when nobody does. */
  reportError(error: Error): boolean {
    if (this.listenerCount("error") === 0) return false;
    this.emitReserved("error", error);
    return true;
  }

  /** What a listener's promise was rejected with; Node calls it (`captureRejections`). */
  override [captureRejectionSymbol](error: unknown, event: string | symbol, ...args: unknown[]): void {
    if (event !== "error") this.#onEventFailed(error, true, event, args);
    // Told again, those who have just failed would go on for ever.
    else if (!this.nsp.server.sockets.reportError(error, { namespace: this.nsp, socket: this, event, args }))
      passOn(error, true);
  }

  #leave(reason: DisconnectReason): void {
    this.#fire("close");
    this.nsp.remove(this, reason);
    this.client.remove(this, reason === "server namespace disconnect");
    this.#acks?.close();
  }

  #fire(event: EventOf<typeof SOCKET>): boolean {
    const next = nextState(SOCKET, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #takeFlags(): EmitFlags {
    const flags = this.#flags;
    this.#flags = NO_FLAGS;
    return flags;
  }

  #event(data: unknown[]): Packet {
    return { type: PACKET_TYPE.EVENT, nsp: this.nsp.name, data };
  }

  /** Sends an event that wants an answer. @param register makes a note of its id. */
  #emitAsking(data: unknown[], flags: EmitFlags, register: (id: number) => void): void {
    const packet = this.#event(data);
    packet.id = this.nsp.nextAckId();
    register(packet.id);
    // Nobody will answer any more. Not told at once: who sends again until there is an answer must not hold up the process.
    if (this.isGone && flags.timeout === undefined) setImmediate((id) => this.acks.lose(id), packet.id);
    try {
      this.#send(packet, flags);
    } catch (error) {
      this.acks.delete(packet.id);
      throw error;
    }
  }

  #send(packet: Packet, flags: SendFlags): void {
    this.notifyOutgoing(packet.data as unknown[]);
    if (!this.isGone) this.client.send(packet, flags);
  }

  #sendMissed(event: Missed): void {
    if (Array.isArray(event)) this.client.send(this.#event(event));
    else {
      this.client.sendPrepared(event, NO_FLAGS);
      event.release();
    }
  }

  #sendConnect(): void {
    const packet: Packet = { type: PACKET_TYPE.CONNECT, nsp: this.nsp.name };
    if (this.client.revision === 5)
      packet.data = this.pid === "" ? { sid: this.id } : { sid: this.id, pid: this.pid };
    this.client.send(packet);
  }

  #broadcast(): Broadcast<EmitEvents, SocketData> {
    return new BroadcastOperator(this.nsp.adapter, undefined, new Set([this.id]), this.#takeFlags());
  }

  protected override takeEvent({ data, id }: Packet): void {
    if (!this.connected) return;
    const event = data as Event;
    if (id !== undefined) event.push(this.#answerTo(id));
    this.notifyIncoming(event);
    if (this.#middlewares === undefined) this.#dispatch(event);
    else
      runMiddlewares(this.#middlewares, event, {
        onPassed: () => this.#dispatch(event),
        onRefused: (error) => this.#onRefused(error, event),
        onFailed: () => failAnswer(event),
        report: this.reportFrom("middleware", event.slice(1)),
      });
  }

  #dispatch(event: Event): void {
    if (!this.connected) return;
    // An `EventEmitter` throws when nobody listens to "error"; a client may name its events as it likes.
    if (event[0] === "error" && this.listenerCount("error") === 0) return;
    // As `callUser` does, without a function made for each event; promises are Node's to look at.
    try {
      EMIT.apply(this, event);
    } catch (error) {
      this.#onEventFailed(error, false, event[0], event.slice(1));
    }
  }

  #onRefused(error: Error, [event, ...args]: Event): void {
    const context = { namespace: this.nsp, socket: this, event, args };
    callUser(() => {
      if (this.reportError(error) || this.nsp.server.sockets.reportError(error, context)) return;
      console.error(`A socket middleware refused an event and nobody listens to "error":`, error);
    }, passOn);
  }

  #tell(event: "disconnecting" | "disconnect", reason: DisconnectReason, description: unknown): void {
    callUser(
      () => this.emitReserved(event, reason, description),
      this.reportFrom(event, [reason, description]),
    );
  }

  protected override reportFrom(event: string | symbol, args: readonly unknown[]): Report {
    return reporterFor({ namespace: this.nsp, socket: this, event, args });
  }

  /** The client must not wait for an answer that its event will not get any more. */
  #onEventFailed(
    error: unknown,
    isRejection: boolean,
    event: string | symbol,
    args: readonly unknown[],
  ): void {
    failAnswer(args);
    this.reportFrom(event, args)(error, isRejection);
  }

  /** The function that a listener calls to acknowledge. Only its first call counts. */
  #answerTo(id: number): (...args: unknown[]) => void {
    let isAnswered = false;
    return (...data) => {
      if (isAnswered || this.isGone) return;
      this.client.send({ type: PACKET_TYPE.ACK, nsp: this.nsp.name, id, data });
      // One that could not be written leaves the client waiting for another.
      isAnswered = true;
    };
  }
}
