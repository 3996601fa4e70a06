import { Adapter, type BroadcastOptions, type Room, type SocketId } from "@towline/socket.io-adapter";
import createDebug from "debug";
import type { AnyNamespace } from "./client.ts";
import { Namespace } from "./namespace.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import type { Server } from "./server.ts";
import type { DefaultEventsMap, EventNamesWithoutAck, EventParams, EventsMap } from "./typed-events.ts";

const debug = createDebug("socket.io:namespace");

let parents = 0;

/**
 * Stands for all namespaces that were made for one pattern. Its middlewares and its listeners for `connection` are those of
 * each child that is made afterwards; what is emitted to it reaches the sockets of them all.
 *
 * @example
 * io.of(/^\/room-\d+$/).on("connection", (socket) => console.log("someone came to", socket.nsp.name));
 */
export class ParentNamespace<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference, data of no declared type is free.
  SocketData = any,
> extends Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  readonly #children: Set<AnyNamespace>;

  constructor(server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) {
    super(server, `/_${parents++}`);
    this.#children = (this.adapter as ChildrenAdapter).children;
  }

  override emit<Ev extends EventNamesWithoutAck<EmitEvents>>(
    event: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): boolean {
    for (const child of this.#children) child.emit(event, ...args);
    return true;
  }

  /** @throws {Error} (rejects) always: ask each child for its own. */
  override fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return Promise.reject(new Error("fetchSockets() is not supported on parent namespaces: ask each child"));
  }

  /** Makes a namespace of that name. The server calls it once for each name that the pattern lets pass. */
  createChild(name: string): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const child = new ChildNamespace(this.server, name, () => this.#children.delete(child));
    for (const middleware of this.middlewares) child.use(middleware);
    for (const event of ["connect", "connection"] as const)
      for (const listener of this.listeners(event)) child.on(event, listener as never);
    this.#children.add(child);
    this.server.addNamespace(child);
    return child;
  }

  protected override createAdapter(): Adapter {
    return new ChildrenAdapter(this);
  }
}

/** A namespace that is there for as long as somebody is in it, where the server is told so. */
class ChildNamespace<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  readonly #onRemoved: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    name: string,
    onRemoved: () => void,
  ) {
    super(server, name);
    this.#onRemoved = onRemoved;
  }

  protected override onEmpty(): void {
    if (!this.server.opts.cleanupEmptyChildNamespaces) return;
    clearTimeout(this.#timer);
    // Those who have just been here may come back for what is kept for them. Nobody waits for those who were never let in.
    const keptForMs = this.recovery?.keptForMs ?? 0;
    if (keptForMs === 0) this.#removeIfEmpty();
    else this.#timer = setTimeout(() => this.#removeIfEmpty(), keptForMs).unref();
  }

  #removeIfEmpty(): void {
    if (!this.isEmpty) return;
    this.#onRemoved();
    this.server.removeNamespace(this);
    void this.shutDown().catch((error) => debug("adapter of %s: %s", this.name, (error as Error).message));
  }
}

/** Has each child do what the parent is told to. */
class ChildrenAdapter extends Adapter {
  readonly children = new Set<AnyNamespace>();

  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  override broadcast(packet: any, options: BroadcastOptions): void {
    // Each child's adapter may add to it.
    for (const child of this.children)
      child.adapter.broadcast({ ...packet, data: [...packet.data] }, options);
  }

  /** One answer is due from each client of each child. */
  // biome-ignore-start lint/suspicious/noExplicitAny: as in the reference.
  override broadcastWithAck(
    packet: any,
    options: BroadcastOptions,
    onClientCount: (clientCount: number) => void,
    onAck: (...args: any[]) => void,
  ): void {
    for (const child of this.children)
      child.adapter.broadcastWithAck({ ...packet, data: [...packet.data] }, options, onClientCount, onAck);
  }

  override async fetchSockets(options: BroadcastOptions): Promise<any[]> {
    const found = [...this.children].map((child) => child.adapter.fetchSockets(options));
    return (await Promise.all(found)).flat();
  }
  // biome-ignore-end lint/suspicious/noExplicitAny: .

  override async sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    const found = [...this.children].map((child) => child.adapter.sockets(rooms));
    return new Set((await Promise.all(found)).flatMap((ids) => [...ids]));
  }

  /** As many as say how many clients they have asked. */
  override async serverCount(): Promise<number> {
    const counts = await Promise.all([...this.children].map((child) => child.adapter.serverCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  override addSockets(options: BroadcastOptions, rooms: Room[]): void {
    for (const child of this.children) child.adapter.addSockets(options, rooms);
  }

  override delSockets(options: BroadcastOptions, rooms: Room[]): void {
    for (const child of this.children) child.adapter.delSockets(options, rooms);
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): void {
    for (const child of this.children) child.adapter.disconnectSockets(options, close);
  }
}
