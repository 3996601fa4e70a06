import {
  type DefaultEventsMap,
  Emitter,
  type EventNames,
  type EventParams,
  type EventsMap,
} from "@socket.io/component-emitter";
import { clockFor, deliver, type EventOf, inTurn, nextState, type StateOf } from "@towline/core";
import { PACKET_TYPE, type SocketPacket as Packet, RESERVED_EVENTS } from "@towline/socket.io-parser";
import { createDebug } from "#debug";
import { type Ack, AckTable } from "./acks.ts";
import type { DisconnectDescription, DisconnectReason } from "./disconnect.ts";
import type { Carrier, Member } from "./link.ts";
import type { Manager } from "./manager.ts";
import { DEFAULT_BUFFERED_PACKETS } from "./options.ts";
import { type ExtendedError, refusalOf } from "./refusal.ts";
import { CLIENT_SOCKET } from "./socket-states.ts";
import type { AllButLast, DecorateAcknowledgements, FirstArg, Last, Listener, Untyped } from "./types.ts";

const debug = createDebug("socket.io-client:socket");

/**
 * What a server may send before it has accepted the Socket into the namespace: of a recovered session all that was missed,
 * for which servers keep 10,000 packets by default.
 */
const MOST_RECEIVED = 100_000;

type Credentials = { [key: string]: Untyped };

/** What the server is told when the Socket connects: an object, or a function that hands one on. */
export type Auth = Credentials | ((callback: (data: object) => void) => void);

export interface SocketOptions {
  auth?: Auth | undefined;
  /** Milliseconds to wait for every acknowledgement that `timeout()` sets no other bound for. Default: no bound. */
  ackTimeout?: number | undefined;
}

/** Events of a `Socket` beside the application's own. */
export interface SocketReservedEvents {
  connect: () => void;
  connect_error: (error: ExtendedError) => void;
  disconnect: (reason: DisconnectReason, description?: DisconnectDescription) => void;
}

interface Flags {
  volatile?: boolean;
  compress?: boolean;
  timeoutMs?: number;
}

/**
 * One namespace of a server: emits events to it, listens to events from it. It survives the connection: events emitted
 * while there is none are sent when it is back.
 */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<ListenEvents, EmitEvents, SocketReservedEvents> {
  /** The Manager that carries this Socket. */
  readonly io: Manager<ListenEvents, EmitEvents>;
  readonly nsp: string;
  /** The id that the server gave; undefined while not connected. */
  id: string | undefined;
  /** Whether the connection took up the state that the server had kept of the one before. */
  recovered = false;
  /** Sent with each attempt to join the namespace. Servers of Socket.IO 1.x and 2.x do not ask for it. */
  auth: Auth;
  /** Events that came before the server had accepted the Socket. */
  receiveBuffer: unknown[][] = [];
  /** Events that wait for the connection. */
  sendBuffer: Packet[] = [];
  readonly #carrier: Carrier;
  readonly #acks: AckTable;
  readonly #ackTimeoutMs: number | undefined;
  #state: StateOf<typeof CLIENT_SOCKET> = CLIENT_SOCKET.initial;
  #flags: Flags = {};
  #anyListeners: Listener[] = [];
  #anyOutgoingListeners: Listener[] = [];
  /** Counts the times that the namespace was asked for, so that a late `auth` callback is told from the present one. */
  #joins = 0;
  /** What the server gave for a later recovery: a private id, and how far we have read. */
  #pid: string | undefined;
  #offset: string | undefined;

  /** Use `io()` or `manager.socket()`, which see to it that a namespace has one Socket. */
  constructor(io: Manager<ListenEvents, EmitEvents>, nsp: string, opts: Partial<SocketOptions> = {}) {
    super();
    this.io = io;
    this.nsp = nsp;
    this.auth = opts.auth ?? {};
    this.#ackTimeoutMs = opts.ackTimeout;
    this.#carrier = io.carrier;
    this.#acks = new AckTable(clockFor(io.opts));
  }

  get connected(): boolean {
    return this.#state === "connected";
  }

  get disconnected(): boolean {
    return this.#state !== "connected";
  }

  /** Whether the Socket will connect by itself, or is connected. */
  get active(): boolean {
    return this.#state !== "inactive";
  }

  /** Connects, if the Socket is not connected. Needed after `disconnect`, a refusal, or with `autoConnect: false`. */
  connect(): this {
    if (this.#fire("connect")) this.#carrier.join(this.nsp, this.#member());
    else if (this.#state === "pending") this.#carrier.open();
    return this;
  }

  /** The same as `connect`. */
  open(): this {
    return this.connect();
  }

  /** Leaves the namespace; the connection is closed when no other Socket needs it. */
  disconnect(): this {
    if (this.connected) this.#carrier.send({ type: PACKET_TYPE.DISCONNECT, nsp: this.nsp });
    this.#leave("io client disconnect");
    return this;
  }

  /** The same as `disconnect`. */
  close(): this {
    return this.disconnect();
  }

  /** Emits a `message` event. */
  send(...args: Untyped[]): this {
    return this.emit("message", ...(args as EventParams<EmitEvents, "message">));
  }

  /**
   * Emits an event. A function as the last argument is called with the server's acknowledgement. While not connected,
   * the event waits in `sendBuffer`.
   *
   * @throws {Error} for a reserved event name, data that cannot be encoded, or a buffer that is full.
   * @example
   * socket.emit("hello", { name: "Ada" }, (answer) => console.log(answer));
   */
  override emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): this {
    const last: unknown = args.at(-1);
    if (typeof last !== "function") return this.#emit(ev, args, undefined);
    const callback = last as Listener;
    const { timeoutMs = this.#ackTimeoutMs } = this.#flags;
    return this.#emit(
      ev,
      args.slice(0, -1),
      timeoutMs === undefined
        ? { onReply: (reply) => callback(...reply) }
        : { onReply: (reply) => callback(null, ...reply), onError: (error) => callback(error) },
    );
  }

  /**
   * Emits an event.
   *
   * @returns a promise of the first argument of the server's acknowledgement. It is rejected when the timeout, if there
   *   is one, runs out, or the connection is lost before the answer.
   * @example
   * const answer = await socket.timeout(5000).emitWithAck("hello");
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    ev: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstArg<Last<EventParams<EmitEvents, Ev>>>> {
    return new Promise((resolve, reject) => {
      this.#emit(ev, args, {
        onReply: ([answer]) => resolve(answer as FirstArg<Last<EventParams<EmitEvents, Ev>>>),
        onError: reject,
      });
    });
  }

  /** Whether the next event may be compressed. Accepted for the sake of the reference. */
  compress(compress: boolean): this {
    this.#flags.compress = compress;
    return this;
  }

  /** The next event is dropped, not kept, if it cannot be sent at once. */
  get volatile(): this {
    this.#flags.volatile = true;
    return this;
  }

  /**
   * Bounds the wait for the acknowledgement of the next event. Its callback then gets an error as its first argument,
   * null if all went well.
   *
   * @param timeoutMs milliseconds.
   */
  timeout(timeoutMs: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>> {
    this.#flags.timeoutMs = timeoutMs;
    return this as unknown as Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>>;
  }

  /** Adds a listener that hears every event from the server: its name, then its arguments. */
  onAny(listener: Listener): this {
    this.#anyListeners = [...this.#anyListeners, listener];
    return this;
  }

  /** The same as `onAny`, before all others. */
  prependAny(listener: Listener): this {
    this.#anyListeners = [listener, ...this.#anyListeners];
    return this;
  }

  /** Removes one such listener, or all. */
  offAny(listener?: Listener): this {
    this.#anyListeners = without(this.#anyListeners, listener);
    return this;
  }

  listenersAny(): Listener[] {
    return [...this.#anyListeners];
  }

  /** Adds a listener that hears every event when it is sent: its name, then its arguments. */
  onAnyOutgoing(listener: Listener): this {
    this.#anyOutgoingListeners = [...this.#anyOutgoingListeners, listener];
    return this;
  }

  /** The same as `onAnyOutgoing`, before all others. */
  prependAnyOutgoing(listener: Listener): this {
    this.#anyOutgoingListeners = [listener, ...this.#anyOutgoingListeners];
    return this;
  }

  /** Removes one such listener, or all. */
  offAnyOutgoing(listener?: Listener): this {
    this.#anyOutgoingListeners = without(this.#anyOutgoingListeners, listener);
    return this;
  }

  listenersAnyOutgoing(): Listener[] {
    return [...this.#anyOutgoingListeners];
  }

  #fire(event: EventOf<typeof CLIENT_SOCKET>): boolean {
    const next = nextState(CLIENT_SOCKET, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  // ---- sending

  #emit(event: string | symbol, args: readonly unknown[], ack: Ack | undefined): this {
    if (RESERVED_EVENTS.has(event)) throw new Error(`"${String(event)}" is a reserved event name`);
    const { volatile = false, timeoutMs = this.#ackTimeoutMs } = this.#flags;
    this.#flags = {};
    const canSend = this.connected && this.#carrier.isAlive();
    const isDropped = volatile && !(canSend && this.#carrier.isWritable());
    if (!isDropped && !canSend) this.#checkRoom();
    const packet: Packet = { type: PACKET_TYPE.EVENT, nsp: this.nsp, data: [event, ...args] };
    // A dropped event is never answered: there is something to wait for only if the wait has an end.
    if (ack !== undefined && !(isDropped && timeoutMs === undefined))
      packet.id = this.#acks.add(ack, timeoutMs, (id) => this.#withdraw(id));
    if (isDropped) debug?.("dropped a volatile event");
    else if (canSend) this.#send(packet);
    else this.sendBuffer.push(packet);
    return this;
  }

  #checkRoom(): void {
    const most = this.io.opts.maxBufferedPackets ?? DEFAULT_BUFFERED_PACKETS;
    if (this.sendBuffer.length >= most)
      throw new Error(
        `${most} events wait for the connection already: emit fewer, emit volatile ones, or raise maxBufferedPackets`,
      );
  }

  #send(packet: Packet): void {
    inTurn(
      () => deliver(this.#anyOutgoingListeners, (listener) => listener(...(packet.data as unknown[]))),
      () => this.#carrier.send(packet),
    );
  }

  #withdraw(id: number): void {
    this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
  }

  // ---- joining and leaving

  #member(): Member {
    return {
      onOpen: () => this.#join(),
      onPacket: (packet) => this.#onPacket(packet),
      onError: (error) => void this.emitReserved("connect_error", error),
      onClose: (reason, description) => this.#fire("lost") && this.#onDisconnected(reason, description),
    };
  }

  #join(): void {
    if (this.#carrier.revision() === 3) {
      this.#joinRevision3();
      return;
    }
    const join = ++this.#joins;
    const send = (data: object): void => {
      if (join !== this.#joins || this.#state !== "pending") return;
      this.#joins++;
      const recovery = this.#pid === undefined ? {} : { pid: this.#pid, offset: this.#offset };
      const all = { ...recovery, ...data };
      const isEmpty = Object.keys(all).length === 0;
      this.#carrier.send({
        type: PACKET_TYPE.CONNECT,
        nsp: this.nsp,
        ...(isEmpty ? {} : { data: all }),
      });
    };
    if (typeof this.auth === "function") this.auth(send);
    else send(this.auth);
  }

  /** A revision 3 server puts each connection into "/" by itself, and takes a query where later ones take `auth`. */
  #joinRevision3(): void {
    if (this.nsp === "/") return;
    const query = new URLSearchParams(this.#carrier.query() as Record<string, string>).toString();
    this.#carrier.send({ type: PACKET_TYPE.CONNECT, nsp: query === "" ? this.nsp : `${this.nsp}?${query}` });
  }

  #leave(reason: DisconnectReason): void {
    const wasConnected = this.connected;
    if (!this.#fire("disconnect")) return;
    this.#joins++;
    inTurn(
      () => this.#carrier.leave(this.nsp),
      () => wasConnected && this.#onDisconnected(reason, undefined),
    );
  }

  #onDisconnected(reason: DisconnectReason, description: DisconnectDescription | undefined): void {
    debug?.("disconnected from %s: %s", this.nsp, reason);
    this.id = undefined;
    const lost = this.#acks.takeLost((id) => this.sendBuffer.some((packet) => packet.id === id));
    inTurn(
      () => this.emitReserved("disconnect", reason, description),
      () => deliver(lost, ({ onError }) => onError?.(new Error("socket has been disconnected"))),
    );
  }

  // ---- receiving

  #onPacket({ type, data, id }: Packet): void {
    switch (type) {
      case PACKET_TYPE.CONNECT:
        this.#onConnect(data);
        break;
      case PACKET_TYPE.EVENT:
      case PACKET_TYPE.BINARY_EVENT:
        this.#onEvent(data as unknown[], id);
        break;
      case PACKET_TYPE.ACK:
      case PACKET_TYPE.BINARY_ACK:
        id === undefined ? undefined : this.#acks.settle(id, data as unknown[]);
        break;
      case PACKET_TYPE.DISCONNECT:
        this.#leave("io server disconnect");
        break;
      case PACKET_TYPE.CONNECT_ERROR:
        this.#onRefused(refusalOf(data));
        break;
    }
  }

  #onConnect(data: unknown): void {
    const given = (data ?? {}) as Readonly<Record<"sid" | "pid" | "offset", unknown>>;
    const id = this.#carrier.revision() === 3 ? this.#idOfRevision3() : given.sid;
    if (typeof id !== "string") {
      this.#onRefused(
        new Error("the server accepted the connection but gave no id: it speaks another protocol"),
      );
      return;
    }
    if (!this.#fire("accepted")) return;
    debug?.("connected to %s, id %s", this.nsp, id);
    this.id = id;
    const pid = typeof given.pid === "string" ? given.pid : undefined;
    this.recovered = pid !== undefined && this.#pid === pid;
    if (!this.recovered) this.#offset = typeof given.offset === "string" ? given.offset : undefined;
    this.#pid = pid;
    const [received, toSend] = [this.receiveBuffer, this.sendBuffer];
    this.receiveBuffer = [];
    this.sendBuffer = [];
    inTurn(
      () => deliver(received, (args) => this.#tell(args)),
      () => deliver(toSend, (packet) => (this.connected ? this.#send(packet) : this.sendBuffer.push(packet))),
      () => this.connected && this.emitReserved("connect"),
    );
  }

  /** Revision 3 knows no ids of its own: the connection's serves, with the namespace in front of it. */
  #idOfRevision3(): string {
    const engineId = this.#carrier.engineId();
    return this.nsp === "/" ? engineId : `${this.nsp}#${engineId}`;
  }

  #onRefused(error: Error): void {
    if (!this.#fire("refused")) return;
    inTurn(
      () => this.#carrier.leave(this.nsp),
      () => this.emitReserved("connect_error", error),
    );
  }

  #onEvent(event: readonly unknown[], id: number | undefined): void {
    const args = id === undefined ? [...event] : [...event, this.#replyTo(id)];
    const last = event.at(-1);
    if (this.#pid !== undefined && event.length > 1 && typeof last === "string") this.#offset = last;
    if (this.connected) {
      this.#tell(args);
      return;
    }
    this.receiveBuffer.push(args);
    if (this.receiveBuffer.length > MOST_RECEIVED)
      this.#carrier.fail(new Error("the server sends events but does not accept the connection"));
  }

  #tell(args: readonly unknown[]): void {
    inTurn(
      () => deliver(this.#anyListeners, (listener) => listener(...args)),
      () => Emitter.prototype.emit.apply(this, args as [string, ...unknown[]]),
    );
  }

  /** The function that sends the acknowledgement: once, and to none but the connection that asked for it. */
  #replyTo(id: number): (...args: unknown[]) => void {
    const asker = this.#carrier.engineId();
    let isSent = false;
    return (...args) => {
      if (isSent || asker !== this.#carrier.engineId()) return;
      isSent = true;
      this.#carrier.send({ type: PACKET_TYPE.ACK, nsp: this.nsp, id, data: args });
    };
  }
}

const without = (listeners: readonly Listener[], listener: Listener | undefined): Listener[] => {
  const index = listener === undefined ? -1 : listeners.indexOf(listener);
  return listener === undefined ? [] : listeners.filter((_, position) => position !== index);
};
