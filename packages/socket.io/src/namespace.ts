import { randomBytes } from "node:crypto";
import type { Adapter, Room, SocketId } from "@towline/socket.io-adapter";
import type { Packet } from "@towline/socket.io-parser";
import createDebug from "debug";
import { BroadcastOperator, EVERYONE } from "./broadcast-operator.ts";
import { callUser } from "./call-user.ts";
import type { AnySocket, Client, JoinRequest } from "./client.ts";
import { PreparedPacket } from "./prepared-packet.ts";
import type { Server } from "./server.ts";
import { Socket } from "./socket.ts";
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

const debug = createDebug("socket.io:namespace");

/** Base64url of 15 random bytes: 20 characters that nobody guesses. */
const ID_BYTES = 15;

/** An error of a middleware. Its `data`, if any, goes to the client. */
export interface ExtendedError extends Error {
  data?: unknown;
}

/** Looks at each socket that wants to join; an error passed to `next` keeps it out. */
export type NamespaceMiddleware<S> = (socket: S, next: (error?: ExtendedError) => void) => void;

export interface NamespaceReservedEvents<S> {
  connection: (socket: S) => void;
  connect: (socket: S) => void;
  new_namespace: (namespace: unknown) => void;
}

/** A part of the server that sockets join and that has its own rooms, middlewares and listeners. */
export class Namespace<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference, data of no declared type is free.
  SocketData = any,
> extends TypedEmitter<
  ServerSideEvents,
  NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>
> {
  readonly name: string;
  readonly server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly sockets = new Map<SocketId, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>();
  readonly adapter: Adapter<PreparedPacket, AnySocket>;
  readonly #middlewares: NamespaceMiddleware<
    Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
  >[] = [];
  #lastAckId = 0;

  constructor(
    server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    name: string,
    createAdapter: (namespace: Namespace) => Adapter<PreparedPacket, AnySocket>,
  ) {
    super();
    this.server = server;
    this.name = name;
    this.adapter = createAdapter(this as unknown as Namespace);
    void this.adapter.init();
  }

  /**
   * Adds a middleware, run for every socket that wants to join, in the order of their adding.
   *
   * @example
   * io.use((socket, next) => (isKnown(socket.handshake.auth.token) ? next() : next(new Error("who are you?"))));
   */
  use(middleware: NamespaceMiddleware<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>): this {
    this.#middlewares.push(middleware);
    return this;
  }

  /** Sends an event to every socket; see `BroadcastOperator.emit`. */
  override emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    return this.#everyone().emit(event, ...args);
  }

  /** Sends an event to every socket and waits for all acknowledgements; needs {@link timeout} to end for sure. */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: ArgsWithoutAck<EventParams<EmitEvents, Ev>>
  ): Promise<AckResult<EventParams<EmitEvents, Ev>>> {
    return this.#everyone().emitWithAck(event, ...args);
  }

  /** Sends a `message` event to every socket. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this.emit("message" as EventNames<EmitEvents>, ...args);
    return this;
  }

  /** Sends a `message` event to every socket. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.#everyone().to(room);
  }

  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.to(room);
  }

  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.#everyone().except(room);
  }

  get volatile(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#everyone().volatile;
  }

  get local(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#everyone().local;
  }

  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData> {
    return this.#everyone().compress(compress);
  }

  timeout(timeoutMs: number): BroadcastOperator<TimeoutEvents<EmitEvents>, SocketData> {
    return this.#everyone().timeout(timeoutMs);
  }

  fetchSockets(): Promise<AnySocket[]> {
    return this.#everyone().fetchSockets();
  }

  allSockets(): Promise<Set<SocketId>> {
    return this.#everyone().allSockets();
  }

  socketsJoin(room: Room | Room[]): void {
    this.#everyone().socketsJoin(room);
  }

  socketsLeave(room: Room | Room[]): void {
    this.#everyone().socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    this.#everyone().disconnectSockets(close);
  }

  /** @internal An id for an acknowledgement, unlike all others of this namespace. */
  nextAckId(): number {
    return this.#lastAckId++;
  }

  /** @internal Encodes a packet for any number of sockets. */
  prepare(packet: Packet): PreparedPacket {
    return new PreparedPacket(packet);
  }

  /** @internal Makes the socket of a client that wants to join. */
  createSocket(
    client: Client,
    request: JoinRequest,
  ): Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    return new Socket(this, client, this.#idFor(client), request);
  }

  /** @internal Lets a socket in, unless a middleware keeps it out. */
  admit(socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    this.#runMiddlewares(socket, 0, (error) => {
      if (error !== undefined) {
        debug("refused in %s: %s", this.name, error.message);
        socket.refuse(error);
      } else if (socket.conn.readyState === "open") this.#welcome(socket);
    });
  }

  /** @internal A socket has left. */
  remove(socket: AnySocket): void {
    this.sockets.delete(socket.id);
    // Also one that was never let in may have been put into rooms, by a middleware.
    this.adapter.delAll(socket.id);
  }

  /** @internal A namespace has been made; told on `/`. */
  announceNamespace(namespace: unknown): void {
    this.emitReserved("new_namespace", namespace);
  }

  /** @internal Ends every socket, when the server closes. */
  shutDown(): void {
    for (const socket of [...this.sockets.values()]) socket.onClose("server shutting down");
    void this.adapter.close();
  }

  #everyone(): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator<EmitEvents, SocketData>(this, EVERYONE);
  }

  /** Clients of revision 4 work out the id by themselves, so it must be the one they find. */
  #idFor(client: Client): SocketId {
    if (client.revision === 5) return randomBytes(ID_BYTES).toString("base64url");
    return this.name === "/" ? client.id : `${this.name}#${client.id}`;
  }

  #runMiddlewares(
    socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    index: number,
    onDone: (error?: ExtendedError) => void,
  ): void {
    const middleware = this.#middlewares[index];
    if (middleware === undefined) {
      onDone();
      return;
    }
    let called = false;
    callUser(() =>
      middleware(socket, (error) => {
        if (called) return;
        called = true;
        if (error) onDone(error);
        else this.#runMiddlewares(socket, index + 1, onDone);
      }),
    );
  }

  #welcome(socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    this.sockets.set(socket.id, socket);
    if (!socket.admit()) {
      this.remove(socket);
      return;
    }
    callUser(() => this.emitReserved("connect", socket));
    callUser(() => this.emitReserved("connection", socket));
  }
}
