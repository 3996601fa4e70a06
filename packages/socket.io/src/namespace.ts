import { captureRejectionSymbol } from "node:events";
import { randomId } from "@towline/engine.io";
import type { Adapter, Room, Session, SocketId } from "@towline/socket.io-adapter";
import type { SocketPacket as Packet } from "@towline/socket.io-parser";
import createDebug from "debug";
import { type Broadcast, BroadcastOperator } from "./broadcast-operator.ts";
import { callUser, passOn, type Report, watch } from "./call-user.ts";
import type { AnyNamespace, AnySocket, Client, JoinRequest, Ticket } from "./client.ts";
import { NamespaceNames } from "./compat.ts";
import { failAnswer, type HandlerContext, INTERNAL_ERROR, reporterFor } from "./handler-error.ts";
import { runMiddlewares } from "./middlewares.ts";
import { PreparedPacket } from "./prepared-packet.ts";
import { Recovery } from "./recovery.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import { refuseReserved } from "./reserved-events.ts";
import type { Server } from "./server.ts";
import { Socket } from "./socket.ts";
import type { DisconnectReason } from "./socket-types.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "./typed-events.ts";

const debug = createDebug("socket.io:namespace");

/** From here `socket.io/dist/namespace` has it. */
export type { ServerReservedEventsMap } from "./server.ts";

/** What servers may not emit to one another: each has these events of its own. */
const RESERVED_AMONG_SERVERS: ReadonlySet<unknown> = new Set([
  "connect",
  "connection",
  "new_namespace",
  "handler_error",
]);

/** An error of a middleware. Its `data`, if any, goes to the client. */
export interface ExtendedError extends Error {
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; whatever the application wants to tell.
  data?: any;
}

/** Looks at each socket that wants to join; an error passed to `next` keeps it out. */
export type NamespaceMiddleware<S> = (socket: S, next: (error?: ExtendedError) => void) => void;

export interface NamespaceReservedEventsMap<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> {
  connect: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
  connection: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
}

/** A part of the server that sockets join and that has its own rooms, middlewares and listeners. */
export class Namespace<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference, data of no declared type is free.
  SocketData = any,
> extends NamespaceNames<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  readonly name: string;
  readonly server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly sockets = new Map<SocketId, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>();
  adapter: Adapter;
  /** Never changed, but replaced: a run that is under way keeps to those that it began with. */
  protected middlewares: readonly NamespaceMiddleware<
    Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
  >[] = [];
  readonly #recovery: Recovery | undefined;
  /** Sockets that middlewares still look at, with the session that each would take up. */
  readonly #joining = new Map<AnySocket, Session | undefined>();
  /** Clients whose session is still looked for. */
  #claims = 0;

  constructor(server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>, name: string) {
    super({ captureRejections: true });
    this.server = server;
    this.name = name;
    this.#recovery =
      server.opts.connectionStateRecovery === undefined
        ? undefined
        : new Recovery(this, server.opts.connectionStateRecovery);
    this.adapter = this.createAdapter();
    this.#initAdapter();
  }

  /**
   * Adds a middleware, run for every socket that wants to join, in the order of their adding.
   *
   * @example
   * io.use((socket, next) => (isKnown(socket.handshake.auth.token) ? next() : next(new Error("who are you?"))));
   */
  use(middleware: NamespaceMiddleware<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>): this {
    this.middlewares = [...this.middlewares, middleware];
    return this;
  }

  /** Sends an event to every socket; see `BroadcastOperator.emit`. */
  override emit<Ev extends EventNamesWithoutAck<EmitEvents>>(
    event: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): boolean {
    return new BroadcastOperator<EmitEvents, SocketData>(this.adapter).emit(event, ...args);
  }

  /** Sends a `message` event to every socket. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this.emit("message" as EventNamesWithoutAck<EmitEvents>, ...(args as never));
    return this;
  }

  /** Sends a `message` event to every socket. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  /** Everyone in a room, or in any of several. */
  to(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.#everyone().to(room);
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.#everyone().in(room);
  }

  /** Everyone but the members of a room, or of several. */
  except(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.#everyone().except(room);
  }

  /** Everyone; the event may be lost for clients that are not ready to receive. */
  get volatile(): Broadcast<EmitEvents, SocketData> {
    return this.#everyone().volatile;
  }

  /** Everyone on this server. */
  get local(): Broadcast<EmitEvents, SocketData> {
    return this.#everyone().local;
  }

  /** Everyone; says whether the event may be compressed. */
  compress(compress: boolean): Broadcast<EmitEvents, SocketData> {
    return this.#everyone().compress(compress);
  }

  /** Everyone; the acknowledgements are waited for `timeoutMs` milliseconds. */
  timeout(
    timeoutMs: number,
  ): BroadcastOperator<
    DecorateAcknowledgements<DecorateAcknowledgementsWithMultipleResponses<EmitEvents>>,
    SocketData
  > {
    return this.#everyone().timeout(timeoutMs);
  }

  /** All sockets, of every server. */
  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return new BroadcastOperator<EmitEvents, SocketData>(this.adapter).fetchSockets();
  }

  /** Ids of the sockets. @deprecated Use {@link fetchSockets}. */
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

  /**
   * Sends an event to the other servers, whose namespace of this name gets it. A function as the last argument gets an
   * error, or `null`, and a list of their answers.
   *
   * @returns true.
   * @throws {Error} when the name is reserved.
   */
  serverSideEmit<Ev extends EventNames<ServerSideEvents>>(
    event: Ev,
    ...args: EventParams<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerSideEvents>, Ev>
  ): boolean {
    refuseReserved(event, RESERVED_AMONG_SERVERS);
    const report = this.#report(event, args);
    const data: unknown[] = [event, ...args];
    const last = data[data.length - 1];
    if (typeof last === "function")
      data[data.length - 1] = (...answer: unknown[]) => callUser(() => last(...answer), report);
    watch(this.adapter.serverSideEmit(data), report);
    return true;
  }

  /**
   * Sends an event to the other servers and waits for their answers.
   *
   * @throws {Error} (rejects) when not all answered in time; its `responses` holds the answers of those who did.
   */
  serverSideEmitWithAck<Ev extends EventNamesWithAck<ServerSideEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<ServerSideEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]> {
    return new Promise((resolve, reject) => {
      const onAnswers = (error: (Error & { responses?: unknown }) | null, responses: unknown[]) => {
        if (error) reject(Object.assign(error, { responses }));
        else resolve(responses as FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]);
      };
      this.serverSideEmit(event, ...([...args, onAnswers] as never));
    });
  }

  /** @internal Encodes a packet for any number of sockets. */
  prepare(packet: Packet): PreparedPacket {
    return new PreparedPacket(this.server.codec, packet);
  }

  /** @internal A client wants to join. */
  join(client: Client, request: JoinRequest, ticket: Ticket): void {
    if (this.#recovery?.isClaim(client, request) === true) void this.#recover(client, request, ticket);
    else this.#admit(client, request, undefined);
  }

  /** @internal A socket has left, or was never let in. */
  remove(socket: AnySocket, reason: DisconnectReason): void {
    const session = this.#joining.get(socket);
    this.#joining.delete(socket);
    if (this.sockets.get(socket.id) === socket) this.sockets.delete(socket.id);
    this.#recovery?.forget(socket);
    // Also one that was never let in may have been put into rooms, by a middleware.
    callUser(() => this.adapter.delAll(socket.id), this.#report("leave-room", [socket]));
    if (session !== undefined && reason !== "client namespace disconnect") this.#recovery?.giveBack(session);
    this.dropIfEmpty();
  }

  /** @internal Nobody is in it or on the way in. */
  get isEmpty(): boolean {
    return this.sockets.size === 0 && this.#joining.size === 0 && this.#claims === 0;
  }

  /** @internal Somebody for whom it may have been made has not come after all, or was the last to leave. */
  dropIfEmpty(): void {
    if (this.isEmpty) this.onEmpty();
  }

  /** @internal Keeps what a socket had, for the client to come back to. */
  get recovery(): Recovery | undefined {
    return this.#recovery;
  }

  /** @internal A namespace has been made; told on `/`. */
  announceNamespace(namespace: AnyNamespace): void {
    callUser(() => this.emitUntyped("new_namespace", namespace), this.#report("new_namespace", [namespace]));
  }

  /** @internal Ends every socket, when the server closes. */
  async shutDown(): Promise<void> {
    for (const socket of [...this.sockets.values(), ...this.#joining.keys()])
      socket.onClose("server shutting down");
    await this.adapter.close();
  }

  /** @internal Tells those who listen for `handler_error`. @returns false when nobody does. */
  reportError(error: unknown, context: HandlerContext): boolean {
    if (this.listenerCount("handler_error") === 0) return false;
    this.emitUntyped("handler_error", error, context);
    return true;
  }

  /** What a listener's promise was rejected with; Node calls it (`captureRejections`). */
  override [captureRejectionSymbol](error: unknown, event: string | symbol, ...args: unknown[]): void {
    // Nobody is left to tell when those fail who are told of failures.
    if (event === "handler_error") passOn(error, true);
    else this.#onFailed(error, true, event, args);
  }

  /** Called when the last socket has left. */
  protected onEmpty(): void {}

  protected createAdapter(): Adapter {
    return this.server.createAdapter(this);
  }

  protected override replaceAdapter(): void {
    this.adapter = this.createAdapter();
    this.#initAdapter();
  }

  protected override callListeners(event: string, args: unknown[]): void {
    callUser(
      () => this.emitUntyped(event, ...args),
      (error, isRejection) => this.#onFailed(error, isRejection, event, args),
    );
  }

  #initAdapter(): void {
    void Promise.resolve(this.adapter.init()).catch((error) =>
      debug("adapter of %s: %s", this.name, (error as Error).message),
    );
  }

  /** Another server must not wait for an answer that will not come any more. */
  #onFailed(error: unknown, isRejection: boolean, event: string | symbol, args: readonly unknown[]): void {
    failAnswer(args);
    this.#report(event, args)(error, isRejection);
  }

  #report(event: string | symbol, args: readonly unknown[]): Report {
    const socket = args[0] instanceof Socket ? (args[0] as AnySocket) : undefined;
    return reporterFor({ namespace: this, socket, event, args });
  }

  #everyone(): Broadcast<EmitEvents, SocketData> {
    return new BroadcastOperator(this.adapter);
  }

  async #recover(client: Client, request: JoinRequest, ticket: Ticket): Promise<void> {
    this.#claims++;
    const session = await this.#recovery?.claim(client, request);
    this.#claims--;
    if (client.isJoining(this.name, ticket)) {
      this.#admit(client, request, session);
      return;
    }
    // Who has said goodbye meanwhile does not want it any more; whose connection was lost may come again.
    if (session !== undefined && client.conn.readyState !== "open") this.#recovery?.giveBack(session);
    this.dropIfEmpty();
  }

  /** Lets a socket in, unless a middleware keeps it out. */
  #admit(client: Client, request: JoinRequest, session: Session | undefined): void {
    const id = session?.sid ?? this.#idFor(client);
    const socket = new Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>(
      this,
      client,
      id,
      request,
      session,
    );
    client.add(socket);
    if (
      this.middlewares.length === 0 ||
      (session !== undefined && this.#recovery?.skipsMiddlewares === true)
    ) {
      this.#welcome(socket, request, session);
      return;
    }
    this.#joining.set(socket, session);
    runMiddlewares(this.middlewares, socket, {
      onPassed: () => {
        if (socket.conn.readyState === "open") this.#welcome(socket, request, session);
      },
      onRefused: (error) => {
        debug("refused in %s: %s", this.name, error.message);
        socket.refuse(error);
      },
      onFailed: () => socket.refuse(new Error(INTERNAL_ERROR)),
      report: this.#report("middleware", [socket]),
    });
  }

  /** Clients of revision 4 work out the id by themselves, so it must be the one they find. */
  #idFor(client: Client): SocketId {
    if (client.revision === 5) return randomId();
    return this.name === "/" ? client.id : `${this.name}#${client.id}`;
  }

  #welcome(
    socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    request: JoinRequest,
    session: Session | undefined,
  ): void {
    if (socket.isGone) return;
    this.#joining.delete(socket);
    const missed = session === undefined ? [] : this.#recovery?.missedPackets(session, request.auth.offset);
    if (missed === undefined) {
      debug("%s was kept waiting until what it had missed was gone: it must begin anew", socket.id);
      socket.client.close();
      return;
    }
    this.sockets.set(socket.id, socket);
    this.#recovery?.remember(socket, session);
    socket.admit(session?.rooms ?? [], missed);
    // A listener may disconnect it; who hears of it only now would wait for its end for ever.
    if (!socket.isGone) this.#greet("connect", socket);
    if (!socket.isGone) this.#greet("connection", socket);
  }

  #greet(
    event: "connect" | "connection",
    socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
  ): void {
    callUser(() => this.emitReserved(event, socket), this.#report(event, [socket]));
  }
}
