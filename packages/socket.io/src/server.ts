import { createServer, type Server as HttpServer } from "node:http";
import { type OptionValues, resolveOptions } from "@towline/core";
import { attachTo, Server as Engine, type Socket as EngineSocket } from "@towline/engine.io";
import { Adapter, type Room, type SocketId } from "@towline/socket.io-adapter";
import createDebug from "debug";
import type { BroadcastOperator } from "./broadcast-operator.ts";
import { type AnyNamespace, type AnySocket, Client } from "./client.ts";
import { ClientFiles } from "./client-files.ts";
import { Namespace, type NamespaceMiddleware, type NamespaceReservedEvents } from "./namespace.ts";
import type { PreparedPacket } from "./prepared-packet.ts";
import { type AdapterConstructor, SERVER_OPTIONS, type ServerOptions } from "./server-options.ts";
import type { Socket } from "./socket.ts";
import type {
  AckResult,
  ArgsWithoutAck,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  ListenerOf,
  TimeoutEvents,
} from "./typed-events.ts";

const debug = createDebug("socket.io:server");

/**
 * A Socket.IO server, for clients of every generation.
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
> {
  /** The namespace `/`, which the methods of the server speak to. */
  readonly sockets: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly engine: Engine;
  readonly opts: OptionValues<typeof SERVER_OPTIONS>;
  httpServer: HttpServer | undefined;
  readonly #given: ServerOptions;
  readonly #namespaces = new Map<string, AnyNamespace>();
  readonly #clientFiles: ClientFiles | undefined;
  #detach: (() => void) | undefined;

  /**
   * @param target an HTTP server, or a port to listen on; or the options, when {@link attach} comes later.
   * @throws {TypeError} naming every option that is not as it must be.
   */
  constructor(target?: HttpServer | number | ServerOptions, options?: ServerOptions) {
    const isOptions = typeof target === "object" && !isHttpServer(target);
    this.#given = (isOptions ? target : options) ?? {};
    this.opts = resolveOptions(SERVER_OPTIONS, this.#given);
    this.engine = new Engine(this.#given);
    this.engine.on("connection", (socket: EngineSocket) => this.onconnection(socket));
    this.#clientFiles = this.opts.serveClient ? new ClientFiles(this.opts.path) : undefined;
    this.sockets = this.of("/");
    if (target !== undefined && !isOptions) this.attach(target as HttpServer | number);
  }

  /** The path that requests are taken from. */
  path(): string {
    return this.opts.path;
  }

  /**
   * Takes the requests of an HTTP server below the path, or of a new one on a port.
   *
   * @throws {TypeError} when `target` is neither.
   */
  attach(target: HttpServer | number | string): this {
    const httpServer = isHttpServer(target) ? target : listenOn(target);
    this.httpServer = httpServer;
    const files = this.#clientFiles;
    this.#detach = attachTo(
      httpServer,
      {
        handleRequest: (request, response) => {
          if (files?.owns(request)) files.serve(request, response);
          else this.engine.handleRequest(request, response);
        },
        handleUpgrade: (request, socket, head) => this.engine.handleUpgrade(request, socket, head),
      },
      { ...this.#given, path: this.opts.path },
    );
    httpServer.once("close", () => this.engine.close());
    return this;
  }

  /** The same as {@link attach}. */
  listen(target: HttpServer | number | string): this {
    return this.attach(target);
  }

  /** Takes a connection of an Engine.IO server. */
  onconnection(socket: EngineSocket): this {
    debug("connection %s", socket.id);
    new Client(
      { connectTimeoutMs: this.opts.connectTimeout, findNamespace: (name) => this.#namespaces.get(name) },
      socket,
    );
    return this;
  }

  /** The namespace of that name; made when there is none yet. */
  of(name: string): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    if (typeof name !== "string")
      throw new TypeError(
        "The name of a namespace must be a string: namespaces by pattern are still to come",
      );
    const path = name.startsWith("/") ? name : `/${name}`;
    let namespace = this.#namespaces.get(path);
    if (namespace === undefined) {
      namespace = new Namespace(this, path, (created) => makeAdapter(this.opts.adapter, created));
      this.#namespaces.set(path, namespace);
      if (path !== "/") this.sockets.announceNamespace(namespace);
    }
    return namespace;
  }

  /**
   * Disconnects everyone, and closes the HTTP server.
   *
   * @param callback called, as the promise resolves, when it has closed; with an error when it was not running.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    for (const namespace of this.#namespaces.values()) namespace.shutDown();
    this.engine.close();
    this.#detach?.();
    const error = await closed(this.httpServer);
    callback?.(error);
  }

  /** Adds a middleware to the namespace `/`; see `Namespace.use`. */
  use(middleware: NamespaceMiddleware<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>): this {
    this.sockets.use(middleware);
    return this;
  }

  on<
    E extends
      | EventNames<ServerSideEvents>
      | EventNames<NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>>,
  >(
    event: E,
    listener: ListenerOf<
      ServerSideEvents,
      NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>,
      E
    >,
  ): this {
    this.sockets.on(event, listener);
    return this;
  }

  once<
    E extends
      | EventNames<ServerSideEvents>
      | EventNames<NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>>,
  >(
    event: E,
    listener: ListenerOf<
      ServerSideEvents,
      NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>,
      E
    >,
  ): this {
    this.sockets.once(event, listener);
    return this;
  }

  off<
    E extends
      | EventNames<ServerSideEvents>
      | EventNames<NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>>,
  >(
    event: E,
    listener: ListenerOf<
      ServerSideEvents,
      NamespaceReservedEvents<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>,
      E
    >,
  ): this {
    this.sockets.off(event, listener);
    return this;
  }

  /** Sends an event to every socket of `/`. */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    return this.sockets.emit(event, ...args);
  }

  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: ArgsWithoutAck<EventParams<EmitEvents, Ev>>
  ): Promise<AckResult<EventParams<EmitEvents, Ev>>> {
    return this.sockets.emitWithAck(event, ...args);
  }

  send(...args: EventParams<EmitEvents, "message">): this {
    this.sockets.send(...args);
    return this;
  }

  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.sockets.to(room);
  }

  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.sockets.in(room);
  }

  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.sockets.except(room);
  }

  get volatile(): BroadcastOperator<EmitEvents, SocketData> {
    return this.sockets.volatile;
  }

  get local(): BroadcastOperator<EmitEvents, SocketData> {
    return this.sockets.local;
  }

  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData> {
    return this.sockets.compress(compress);
  }

  timeout(timeoutMs: number): BroadcastOperator<TimeoutEvents<EmitEvents>, SocketData> {
    return this.sockets.timeout(timeoutMs);
  }

  fetchSockets(): Promise<AnySocket[]> {
    return this.sockets.fetchSockets();
  }

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
}

const isHttpServer = (target: unknown): target is HttpServer =>
  typeof target === "object" && target !== null && typeof (target as HttpServer).listen === "function";

function listenOn(target: unknown): HttpServer {
  const port = Number(target);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`Expected an HTTP server or a port from 0 to 65535, got ${String(target)}`);
  const httpServer = createServer((_request, response) => response.writeHead(404).end());
  return httpServer.listen(port);
}

const closed = (httpServer: HttpServer | undefined): Promise<Error | undefined> =>
  new Promise((resolve) => (httpServer === undefined ? resolve(undefined) : httpServer.close(resolve)));

function makeAdapter(
  adapter: AdapterConstructor | undefined,
  namespace: AnyNamespace,
): Adapter<PreparedPacket, AnySocket> {
  if (adapter === undefined) return new Adapter<PreparedPacket, AnySocket>(namespace);
  const isClass = adapter.prototype !== undefined;
  return isClass
    ? new (adapter as new (nsp: AnyNamespace) => Adapter<PreparedPacket, AnySocket>)(namespace)
    : (adapter as (nsp: AnyNamespace) => Adapter<PreparedPacket, AnySocket>)(namespace);
}
