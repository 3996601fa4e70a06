import { EventEmitter } from "node:events";
import { type AnyHttpServer, Server as Engine, type Socket as EngineSocket } from "@towline/engine.io";
import { Adapter, type Room, SessionAwareAdapter, type SocketId } from "@towline/socket.io-adapter";
import createDebug from "debug";
import { Attachments, httpServerFor, isHttpServer, type Target } from "./attachments.ts";
import type { Broadcast, BroadcastOperator } from "./broadcast-operator.ts";
import { type AnyNamespace, type Auth, Client, type ClientHost } from "./client.ts";
import { ClientFiles } from "./client-files.ts";
import { ServerNames } from "./compat.ts";
import { type HandlerContext, reportHandlerError } from "./handler-error.ts";
import { type ExtendedError, Namespace, type NamespaceReservedEventsMap } from "./namespace.ts";
import { Namespaces, type ParentNspNameMatchFn } from "./namespaces.ts";
import { codecOf, type PacketCodec } from "./packet-codec.ts";
import { ParentNamespace } from "./parent-namespace.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import {
  type AdapterConstructor,
  engineOptions,
  type ResolvedServerOptions,
  resolveServerOptions,
  type ServerOptions,
} from "./server-options.ts";
import type { Socket } from "./socket.ts";
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

const debug = createDebug("socket.io:server");

export interface ServerReservedEventsMap<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends NamespaceReservedEventsMap<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  new_namespace: (namespace: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
  /** Something in the application's handlers failed. */
  handler_error: (error: unknown, context: HandlerContext) => void;
}

/**
 * A Socket.IO server, for clients of every generation.
 *
 * As an emitter it stands for its namespace `/`: what is listened to here is listened to there.
 *
 * @example
 * const io = new Server(httpServer, { cors: { origin: "https://example.com" } });
 * io.on("connection", (socket) => socket.emit("welcome"));
 */
export class Server<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference, data of no declared type is free.
  SocketData = any,
> extends ServerNames<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  /** The namespace `/`, which the methods of the server speak to. */
  readonly sockets: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  /** The engine below. `attach` with other options, and `bind`, put another in its place. */
  engine!: Engine;
  /** The HTTP server attached to last. */
  httpServer!: AnyHttpServer;
  /** The options of both layers, defaults of this one filled in. */
  override readonly opts: ServerOptions & ResolvedServerOptions;
  /** @internal */
  readonly codec: PacketCodec;
  readonly #namespaces: Namespaces;
  readonly #host: ClientHost;
  readonly #attachments = new Attachments();
  /** All that were bound: those of before have connections still. */
  readonly #engines = new Set<Engine>();
  #isClosed = false;

  /**
   * @param target an HTTP server, or a port to listen on; or the options, when {@link attach} comes later.
   * @throws {TypeError} naming every option that is not as it must be.
   */
  constructor(options?: Partial<ServerOptions>);
  constructor(target?: Target | Partial<ServerOptions>, options?: Partial<ServerOptions>);
  constructor(target?: Target | Partial<ServerOptions>, options?: Partial<ServerOptions>) {
    super();
    const isOptions = typeof target === "object" && !isHttpServer(target);
    const given = (isOptions ? target : options) ?? {};
    this.opts = { ...given, ...resolveServerOptions(given) };
    this.opts.adapter ??= this.opts.connectionStateRecovery === undefined ? Adapter : SessionAwareAdapter;
    const { parser, maxAttachments, maxAttachmentBytes } = this.opts;
    this.codec = codecOf(parser, { maxAttachments, maxAttachmentBytes });
    this.#namespaces = new Namespaces((error, isRejection) => {
      const place = { namespace: this.sockets, socket: undefined, event: "namespace", args: [] };
      reportHandlerError(error, isRejection, place);
    });
    this.#host = {
      codec: this.codec,
      opts: this.opts,
      findNamespace: (name, auth, onFound) => this.#namespaces.find(name, auth, onFound),
    };
    this.sockets = this.of("/");
    this.bind(new Engine(engineOptions(this.opts)));
    if (target !== undefined && !isOptions) this.attach(target as Target);
  }

  override get _nsps(): Map<string, AnyNamespace> {
    return this.#namespaces.byName;
  }

  /** The path that requests are taken from. A new one holds for what is attached afterwards. */
  path(): string;
  path(path: string): this;
  path(path?: string): this | string {
    if (path === undefined) return this.opts.path;
    this.#set({ path });
    return this;
  }

  /** Whether the browser client is served. A new value holds for what is attached afterwards. */
  serveClient(): boolean;
  serveClient(isServed: boolean): this;
  serveClient(isServed?: boolean): this | boolean {
    if (isServed === undefined) return this.opts.serveClient;
    this.#set({ serveClient: isServed });
    return this;
  }

  /** How long a client may take to join a namespace, in milliseconds. A new value holds for later connections. */
  override connectTimeout(): number;
  override connectTimeout(timeoutMs: number): this;
  override connectTimeout(timeoutMs?: number): this | number {
    if (timeoutMs === undefined) return this.opts.connectTimeout;
    this.#set({ connectTimeout: timeoutMs });
    return this;
  }

  /** What makes the adapters of namespaces; those that are there already get another one. */
  adapter(): AdapterConstructor | undefined;
  adapter(adapter: AdapterConstructor): this;
  adapter(adapter?: AdapterConstructor): this | AdapterConstructor | undefined {
    if (adapter === undefined) return this.opts.adapter;
    this.#set({ adapter });
    for (const namespace of this.#namespaces.byName.values()) namespace._initAdapter();
    return this;
  }

  /**
   * Takes the requests of an HTTP server below the path, or of a new one on a port.
   *
   * @param options further options; those of the constructor hold where they say nothing. What concerns packets and
   *   namespaces (`parser`, `maxAttachments`, `maxAttachmentBytes`, `connectionStateRecovery`) is the constructor's alone.
   * @throws {TypeError} when `target` is neither, or an option is not as it must be.
   */
  attach(target: Target, options: Partial<ServerOptions> = {}): this {
    const resolved = resolveServerOptions({ ...this.opts, ...options });
    // An engine that was closed refuses everyone, and its options are fixed.
    const isSameEngine = !this.#isClosed && Object.keys(options).length === 0;
    const engine = isSameEngine ? this.engine : new Engine(engineOptions({ ...this.opts, ...options }));
    // Nothing has been done so far that would have to be undone for a bad option or a bad target.
    const httpServer = httpServerFor(target);
    Object.assign(this.opts, options, resolved);
    this.httpServer = httpServer;
    if (!isSameEngine) this.bind(engine);
    // Those of before were closed with the server, and would keep no sessions and hear of no other servers.
    if (this.#isClosed) for (const namespace of this.#namespaces.byName.values()) namespace._initAdapter();
    this.#isClosed = false;
    const { path, serveClient, cors } = this.opts;
    const files = serveClient ? new ClientFiles(path, { cors }) : undefined;
    this.#attachments.add(httpServer, this.engine, files, this.opts);
    return this;
  }

  /** The same as {@link attach}. */
  listen(target: Target, options?: Partial<ServerOptions>): this {
    return this.attach(target, options);
  }

  /** There is no server on uWebSockets.js here: ours needs no addon. @throws {Error} always. */
  attachApp(_app: unknown, _options?: Partial<ServerOptions>): never {
    throw new Error(
      "attachApp() needs uWebSockets.js, which is not supported: attach to a server of node:http",
    );
  }

  /** Takes the connections of an Engine.IO server, of ours or of another make. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; engines of other makes have types of their own.
  bind(engine: any): this {
    this.engine = engine;
    this.#engines.add(engine);
    engine.on("connection", (socket: EngineSocket) => this.onconnection(socket));
    return this;
  }

  /** Takes a connection of an Engine.IO server. */
  onconnection(socket: EngineSocket): this {
    debug("connection %s", socket.id);
    new Client(this.#host, socket);
    return this;
  }

  /**
   * The namespace of that name, made when there is none yet; or the one that stands for all whose names match a regular
   * expression, or are allowed by a function.
   *
   * @param onConnection added as a listener for `connect`.
   * @throws {TypeError} when the name is none of these.
   */
  of(
    name: string | RegExp | ParentNspNameMatchFn,
    onConnection?: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void,
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const namespace = typeof name === "string" ? this.#byName(name) : this.#byPattern(name);
    if (onConnection !== undefined) namespace.on("connect", onConnection as never);
    return namespace;
  }

  /**
   * Disconnects everyone, and closes the HTTP server.
   *
   * @param callback called, as the promise resolves, when it has closed; with an error when it was not running.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    this.#isClosed = true;
    // Who attaches again before this is over means another engine and another HTTP server.
    const engines = [...this.#engines];
    this.#engines.clear();
    const { httpServer } = this;
    const namespaces = [...this.#namespaces.byName.values()];
    await Promise.allSettled(namespaces.map((namespace) => namespace.shutDown()));
    for (const engine of engines) engine.close();
    const error = await this.#attachments.close(httpServer);
    callback?.(error);
  }

  /** Adds a middleware to the namespace `/`; see `Namespace.use`. */
  use(
    middleware: (
      socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
      next: (error?: ExtendedError) => void,
    ) => void,
  ): this {
    this.sockets.use(middleware);
    return this;
  }

  // What follows speaks to the namespace "/": see there.

  override emit<Ev extends EventNamesWithoutAck<EmitEvents>>(
    event: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): boolean {
    return this.sockets.emit(event, ...args);
  }

  send(...args: EventParams<EmitEvents, "message">): this {
    this.sockets.send(...args);
    return this;
  }

  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  to(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.sockets.to(room);
  }

  in(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.sockets.in(room);
  }

  except(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.sockets.except(room);
  }

  get volatile(): Broadcast<EmitEvents, SocketData> {
    return this.sockets.volatile;
  }

  get local(): Broadcast<EmitEvents, SocketData> {
    return this.sockets.local;
  }

  compress(compress: boolean): Broadcast<EmitEvents, SocketData> {
    return this.sockets.compress(compress);
  }

  timeout(
    timeoutMs: number,
  ): BroadcastOperator<
    DecorateAcknowledgements<DecorateAcknowledgementsWithMultipleResponses<EmitEvents>>,
    SocketData
  > {
    return this.sockets.timeout(timeoutMs);
  }

  serverSideEmit<Ev extends EventNames<ServerSideEvents>>(
    event: Ev,
    ...args: EventParams<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerSideEvents>, Ev>
  ): boolean {
    return this.sockets.serverSideEmit(event, ...args);
  }

  serverSideEmitWithAck<Ev extends EventNamesWithAck<ServerSideEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<ServerSideEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]> {
    return this.sockets.serverSideEmitWithAck(event, ...args);
  }

  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return this.sockets.fetchSockets();
  }

  /** @deprecated Use {@link fetchSockets}. */
  allSockets(): Promise<Set<SocketId>> {
    return this.sockets.allSockets();
  }

  socketsJoin(room: Room | Room[]): void {
    this.sockets.socketsJoin(room);
  }

  socketsLeave(room: Room | Room[]): void {
    this.sockets.socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    this.sockets.disconnectSockets(close);
  }

  /** @internal A namespace has been made. */
  addNamespace(namespace: AnyNamespace): void {
    this.#namespaces.byName.set(namespace.name, namespace);
    if (namespace.name !== "/") this.sockets.announceNamespace(namespace);
  }

  /** @internal A namespace made for a pattern is no longer needed. */
  removeNamespace(namespace: AnyNamespace): void {
    const { name } = namespace;
    if (this.#namespaces.byName.get(name) === namespace) this.#namespaces.byName.delete(name);
  }

  /** @internal */
  createAdapter(namespace: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): Adapter {
    const { adapter = Adapter } = this.opts;
    const isClass = adapter.prototype !== undefined;
    const made = isClass
      ? new (adapter as typeof Adapter)(namespace)
      : (adapter as (namespace: AnyNamespace) => Adapter)(namespace);
    if (typeof made?.broadcast !== "function")
      throw new TypeError(
        "The option adapter is a function that made no adapter: has it forgotten to return it?",
      );
    return made;
  }

  protected override findNamespace(
    name: string,
    auth: Auth,
    onFound: (namespace: AnyNamespace | undefined) => void,
  ): void {
    this.#namespaces.find(name, auth, onFound);
  }

  /** @throws {TypeError} when a value is not as it must be. */
  #set(change: Partial<ServerOptions>): void {
    Object.assign(this.opts, resolveServerOptions({ ...this.opts, ...change }));
  }

  #byName(given: string): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const name = given.startsWith("/") ? given : `/${given}`;
    const existing = this.#namespaces.get(name);
    if (existing !== undefined) return existing;
    const namespace = new Namespace(this, name);
    this.addNamespace(namespace);
    return namespace;
  }

  #byPattern(
    test: RegExp | ParentNspNameMatchFn,
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    if (!(test instanceof RegExp) && typeof test !== "function")
      throw new TypeError(`A namespace is named by a string, a RegExp or a function, got ${typeof test}`);
    const parent = new ParentNamespace(this);
    this.#namespaces.addPattern(test, parent);
    return parent;
  }
}

/** As an emitter, a server is its namespace "/". */
for (const name of Object.keys(EventEmitter.prototype) as (keyof EventEmitter)[]) {
  if (typeof EventEmitter.prototype[name] !== "function" || name === "emit") continue;
  Object.defineProperty(Server.prototype, name, {
    configurable: true,
    writable: true,
    value(this: Server, ...args: unknown[]) {
      const result = Reflect.apply(this.sockets[name] as () => unknown, this.sockets, args);
      return result === this.sockets ? this : result;
    },
  });
}
