import type { IncomingMessage } from "node:http";
import { type EventOf, nextState } from "@towline/core";
import type { Socket as EngineSocket } from "@towline/engine.io";
import type { Room, SocketId } from "@towline/socket.io-adapter";
import { PACKET_TYPE, type Packet, RESERVED_EVENTS } from "@towline/socket.io-parser";
import createDebug from "debug";
import { Acks } from "./acks.ts";
import { AnyListeners } from "./any-listeners.ts";
import { BroadcastOperator } from "./broadcast-operator.ts";
import { callUser, rethrow } from "./call-user.ts";
import { type Client, type JoinRequest, refusalOf } from "./client.ts";
import { createHandshake, type Handshake } from "./handshake.ts";
import type { Namespace } from "./namespace.ts";
import type { PreparedPacket } from "./prepared-packet.ts";
import type { Server } from "./server.ts";
import { SOCKET } from "./socket-states.ts";
import {
  type AckResult,
  type ArgsWithoutAck,
  type DefaultEventsMap,
  type EventNames,
  type EventParams,
  type EventsMap,
  type TimeoutEvents,
  TypedEmitter,
} from "./typed-events.ts";

const debug = createDebug("socket.io:socket");

export type DisconnectReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "ping timeout"
  | "parse error"
  | "send buffer overflow"
  | "server shutting down"
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect";

interface SocketReservedEvents {
  disconnect: (reason: DisconnectReason, description?: unknown) => void;
  disconnecting: (reason: DisconnectReason, description?: unknown) => void;
  error: (error: Error) => void;
}

/** An incoming event: its name, then its arguments. */
// biome-ignore lint/suspicious/noExplicitAny: arguments are whatever the peer sent; as in the reference.
export type Event = [event: string, ...args: any[]];

/** Looks at each incoming event of a socket; an error passed to `next` keeps it from the listeners. */
export type SocketMiddleware = (event: Event, next: (error?: Error) => void) => void;

interface EmitFlags {
  readonly volatile?: boolean;
  readonly compress?: boolean;
  readonly timeout?: number;
}

type AckCallback = (...args: unknown[]) => void;

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
> extends TypedEmitter<ListenEvents, SocketReservedEvents> {
  readonly id: SocketId;
  readonly nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly client: Client;
  /** Yours to fill. */
  data: SocketData = {} as SocketData;
  /** Whether the socket took up an earlier one's state. */
  readonly recovered: boolean = false;
  readonly #join: JoinRequest;
  readonly #issued = Date.now();
  #handshake: Handshake | undefined;
  #state: keyof typeof SOCKET.transitions = SOCKET.initial;
  #acks: Acks | undefined;
  #middlewares: SocketMiddleware[] | undefined;
  #incoming: AnyListeners | undefined;
  #outgoing: AnyListeners | undefined;
  #flags: EmitFlags = {};

  constructor(
    nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    client: Client,
    id: SocketId,
    join: JoinRequest,
  ) {
    super();
    this.nsp = nsp;
    this.client = client;
    this.id = id;
    this.#join = join;
  }

  get server(): Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    return this.nsp.server;
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

  /** The acknowledgements it waits for. */
  get acks(): Acks {
    return (this.#acks ??= new Acks());
  }

  /**
   * Sends an event to the client. A function as the last argument is called with the client's acknowledgement.
   *
   * @throws {Error} when the name is reserved.
   * @throws {TypeError} when the arguments cannot be written as JSON.
   */
  override emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    if (RESERVED_EVENTS.has(event)) throw new Error(`"${String(event)}" is a reserved event name`);
    const flags = this.#takeFlags();
    const data: unknown[] = [event, ...args];
    const packet: Packet = { type: PACKET_TYPE.EVENT, nsp: this.nsp.name, data };
    if (typeof data[data.length - 1] === "function") {
      packet.id = this.nsp.nextAckId();
      this.#registerAck(packet.id, data.pop() as AckCallback, flags.timeout);
    }
    this.#outgoing?.notify(data);
    this.#write(packet, flags);
    return true;
  }

  /**
   * Sends an event and waits for the acknowledgement.
   *
   * @throws {Error} (rejects) when none came within the time set by {@link timeout}.
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: ArgsWithoutAck<EventParams<EmitEvents, Ev>>
  ): Promise<AckResult<EventParams<EmitEvents, Ev>>> {
    const withTimeout = this.#flags.timeout !== undefined;
    return new Promise((resolve, reject) => {
      const onAck = (...answer: unknown[]) => {
        const [error, value] = withTimeout ? answer : [null, answer[0]];
        if (error instanceof Error) reject(error);
        else resolve(value as AckResult<EventParams<EmitEvents, Ev>>);
      };
      this.emit(event, ...([...args, onAck] as unknown as EventParams<EmitEvents, Ev>));
    });
  }

  /** Sends a `message` event. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this.emit("message" as EventNames<EmitEvents>, ...args);
    return this;
  }

  /** Sends a `message` event. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  /** The next event's acknowledgement callback gets an error first, if need be after `timeoutMs` milliseconds. */
  timeout(timeoutMs: number): Socket<ListenEvents, TimeoutEvents<EmitEvents>, ServerSideEvents, SocketData> {
    this.#flags = { ...this.#flags, timeout: timeoutMs };
    return this as unknown as Socket<ListenEvents, TimeoutEvents<EmitEvents>, ServerSideEvents, SocketData>;
  }

  /** The next event may be lost when the client is not ready to receive. */
  get volatile(): this {
    this.#flags = { ...this.#flags, volatile: true };
    return this;
  }

  /** Whether the next event is compressed. */
  compress(compress: boolean): this {
    this.#flags = { ...this.#flags, compress };
    return this;
  }

  /** Joins one room or several. */
  join(rooms: Room | Room[]): Promise<void> | void {
    // Nothing would ever take a socket that is gone out of a room again.
    if (this.#state === "disconnected") return;
    return this.nsp.adapter.addAll(this.id, new Set(Array.isArray(rooms) ? rooms : [rooms]));
  }

  leave(room: Room): Promise<void> | void {
    return this.nsp.adapter.del(this.id, room);
  }

  /** Everyone in these rooms but this client. */
  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.#broadcast().to(room);
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.to(room);
  }

  /** Everyone but this client and the members of these rooms. */
  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.#broadcast().except(room);
  }

  /** Everyone but this client. */
  get broadcast(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#broadcast();
  }

  /** Everyone on this server but this client. */
  get local(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#broadcast().local;
  }

  /** Leaves the namespace; with `close`, the whole connection ends. */
  disconnect(close = false): this {
    if (this.#state !== "connected") return this;
    if (close) this.client.disconnect();
    else {
      this.#write({ type: PACKET_TYPE.DISCONNECT, nsp: this.nsp.name }, {});
      this.onClose("server namespace disconnect");
    }
    return this;
  }

  /** Adds a middleware for incoming events. */
  use(middleware: SocketMiddleware): this {
    (this.#middlewares ??= []).push(middleware);
    return this;
  }

  /** Adds a listener for every incoming event. */
  onAny(listener: (...event: Event) => void): this {
    (this.#incoming ??= new AnyListeners()).append(listener);
    return this;
  }

  prependAny(listener: (...event: Event) => void): this {
    (this.#incoming ??= new AnyListeners()).prepend(listener);
    return this;
  }

  /** Removes one such listener, or all. */
  offAny(listener?: (...event: Event) => void): this {
    this.#incoming?.remove(listener);
    return this;
  }

  listenersAny(): ((...event: Event) => void)[] {
    return this.#incoming?.list() ?? [];
  }

  /** Adds a listener for every outgoing event. */
  onAnyOutgoing(listener: (...event: Event) => void): this {
    (this.#outgoing ??= new AnyListeners()).append(listener);
    return this;
  }

  prependAnyOutgoing(listener: (...event: Event) => void): this {
    (this.#outgoing ??= new AnyListeners()).prepend(listener);
    return this;
  }

  offAnyOutgoing(listener?: (...event: Event) => void): this {
    this.#outgoing?.remove(listener);
    return this;
  }

  listenersAnyOutgoing(): ((...event: Event) => void)[] {
    return this.#outgoing?.list() ?? [];
  }

  /** @internal The namespace lets the socket in. False when it was closed meanwhile. */
  admit(): boolean {
    if (!this.#fire("admit")) return false;
    this.client.onJoined();
    this.join(this.id);
    const { revision } = this.client;
    const packet: Packet = { type: PACKET_TYPE.CONNECT, nsp: this.nsp.name };
    this.client.send(revision === 4 ? packet : { ...packet, data: { sid: this.id } });
    return true;
  }

  /** @internal A broadcast reaches this socket. */
  deliver(prepared: PreparedPacket, packet: Packet, flags: EmitFlags): void {
    if (!this.connected || (flags.volatile === true && !this.conn.transport.writable)) return;
    this.#outgoing?.notify(packet.data as unknown[]);
    this.client.sendPrepared(prepared);
  }

  /** @internal */
  awaitAck(id: number, onAck: AckCallback): void {
    this.acks.await(id, onAck);
  }

  /** @internal */
  forgetAck(id: number): void {
    this.#acks?.forget(id);
  }

  /** @internal Takes a packet of the client's. */
  onPacket(packet: Packet): void {
    switch (packet.type) {
      case PACKET_TYPE.EVENT:
      case PACKET_TYPE.BINARY_EVENT:
        this.#onEvent(packet);
        break;
      case PACKET_TYPE.ACK:
      case PACKET_TYPE.BINARY_ACK:
        this.#onAck(packet);
        break;
      case PACKET_TYPE.DISCONNECT:
        this.onClose("client namespace disconnect");
        break;
      default:
        debug("packet of type %d makes no sense from a client", packet.type);
    }
  }

  /** @internal The socket is gone, for whatever reason. */
  onClose(reason: DisconnectReason, description?: unknown): void {
    if (!this.#fire("leave")) {
      if (this.#state === "joining") this.#leave();
      return;
    }
    debug("%s disconnects: %s", this.id, reason);
    callUser(() => this.emitReserved("disconnecting", reason, description));
    this.#leave();
    callUser(() => this.emitReserved("disconnect", reason, description));
  }

  /** @internal A middleware keeps the socket out; says so, unless the client has left meanwhile. */
  refuse(error: Error & { data?: unknown }): void {
    if (this.#state !== "joining") return;
    this.client.send(refusalOf(this.client.revision, this.nsp.name, error));
    this.#leave();
  }

  #leave(): void {
    this.#fire("close");
    this.nsp.remove(this);
    this.client.remove(this);
    this.#acks?.dropUntimed();
  }

  #fire(event: EventOf<typeof SOCKET>): boolean {
    const next = nextState(SOCKET, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #takeFlags(): EmitFlags {
    const flags = this.#flags;
    this.#flags = {};
    return flags;
  }

  #registerAck(id: number, callback: AckCallback, timeoutMs: number | undefined): void {
    if (timeoutMs === undefined) this.acks.await(id, callback);
    else this.acks.awaitWithin(id, timeoutMs, callback);
  }

  #write(packet: Packet, flags: EmitFlags): void {
    if (this.#state === "disconnected" || (flags.volatile === true && !this.conn.transport.writable)) return;
    this.client.send(packet);
  }

  #broadcast(): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator<EmitEvents, SocketData>(this.nsp, {
      rooms: new Set(),
      except: new Set([this.id]),
      flags: this.#takeFlags(),
    });
  }

  #onEvent({ data, id }: Packet): void {
    if (!this.connected) return;
    const args = data as Event;
    if (id !== undefined) args.push(this.#answerTo(id));
    this.#incoming?.notify(args);
    if (this.#middlewares === undefined) this.#dispatch(args);
    else this.#runMiddlewares(args, 0);
  }

  #runMiddlewares(event: Event, index: number): void {
    const middleware = this.#middlewares?.[index];
    if (middleware === undefined) {
      this.#dispatch(event);
      return;
    }
    let called = false;
    callUser(() =>
      middleware(event, (error) => {
        if (called) return;
        called = true;
        if (error === undefined || error === null) this.#runMiddlewares(event, index + 1);
        else this.#onError(error);
      }),
    );
  }

  #dispatch(event: Event): void {
    if (!this.connected) return;
    // An `EventEmitter` throws when nobody listens to "error"; a client may name its events as it likes.
    if (event[0] === "error" && this.listenerCount("error") === 0) return;
    // As `callUser` does, without a function made for each event.
    try {
      super.emit(...event);
    } catch (error) {
      process.nextTick(rethrow, error);
    }
  }

  #onError(error: Error): void {
    if (this.listenerCount("error") > 0) callUser(() => this.emitReserved("error", error));
    else console.error(`A socket middleware failed and nobody listens to "error":`, error);
  }

  #onAck({ id, data }: Packet): void {
    if (id === undefined) return;
    if (this.#acks === undefined || !callUser(() => this.#acks?.resolve(id, data as unknown[]) === true))
      debug("acknowledgement %d is not waited for", id);
  }

  /** The function that a listener calls to acknowledge. Only its first call counts. */
  #answerTo(id: number): (...args: unknown[]) => void {
    let answered = false;
    return (...data) => {
      if (answered) return;
      answered = true;
      this.#write({ type: PACKET_TYPE.ACK, nsp: this.nsp.name, id, data }, {});
    };
  }
}
