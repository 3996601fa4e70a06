/** The API of socket.io, as much of it as the behaviours use, and the two packages that have it. */
import type { EventEmitter } from "node:events";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import { createRequire } from "node:module";

export type Options = Readonly<Record<string, unknown>>;
export type AnyHttpServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;
export type Rooms = string | readonly string[];
export type NextFunction = (error?: (Error & { data?: unknown }) | null) => void;

export interface EngineSocket extends EventEmitter {
  readonly id: string;
  readonly readyState: string;
  readonly transport: { readonly name: string };
  close(discard?: boolean): unknown;
}

export interface Engine extends EventEmitter {
  readonly clientsCount: number;
  readonly opts: Readonly<Record<string, unknown>>;
  generateId(request: IncomingMessage): string | Promise<string>;
  attach(http: HttpServer, options?: Options): unknown;
  close(): unknown;
}

/** Chooses sockets and does something with all of them. */
export interface Selecting {
  to(rooms: Rooms): Operator;
  in(rooms: Rooms): Operator;
  except(rooms: Rooms): Operator;
  compress(compress: boolean): Operator;
  timeout(timeoutMs: number): Operator;
  readonly volatile: Operator;
  readonly local: Operator;
}

export interface Acting {
  emit(event: string | number | symbol, ...args: unknown[]): boolean;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  fetchSockets(): Promise<RemoteSocket[]>;
  allSockets(): Promise<Set<string>>;
  socketsJoin(rooms: Rooms): void;
  socketsLeave(rooms: Rooms): void;
  disconnectSockets(close?: boolean): void;
}

export interface Operator extends Selecting, Acting {}

export interface RemoteSocket {
  readonly id: string;
  readonly handshake: Handshake;
  readonly rooms: Set<string>;
  readonly data: unknown;
  emit(event: string, ...args: unknown[]): boolean;
  timeout(timeoutMs: number): Operator;
  join(rooms: Rooms): unknown;
  leave(room: string): unknown;
  disconnect(close?: boolean): unknown;
}

/** The members of an `EventEmitter` whose `emit` means something else here. */
export type Listening = Omit<EventEmitter, "emit">;

export interface Sending {
  send(...args: unknown[]): unknown;
  write(...args: unknown[]): unknown;
}

export interface Adapter extends EventEmitter {
  readonly rooms: Map<string, Set<string>>;
  readonly sids: Map<string, Set<string>>;
}

export interface Namespace extends Selecting, Omit<Acting, "emitWithAck">, Sending, Listening {
  readonly name: string;
  readonly sockets: Map<string, Socket>;
  readonly adapter: Adapter;
  readonly server: IoServer;
  use(middleware: (socket: Socket, next: NextFunction) => unknown): unknown;
  serverSideEmit(event: string, ...args: unknown[]): boolean;
  serverSideEmitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
}

export interface ParentNamespace extends Namespace {
  createChild(name: string): Namespace;
}

export type NameCheck = (
  name: string,
  auth: Readonly<Record<string, unknown>>,
  decide: (error: Error | null, isThere: boolean) => void,
) => unknown;

/** Without its `name` and `adapter`, a server stands for its main namespace. */
export interface IoServer extends Omit<Namespace, "name" | "sockets" | "adapter" | "server"> {
  readonly engine: Engine;
  readonly httpServer: AnyHttpServer;
  readonly sockets: Namespace;
  readonly opts: Readonly<Record<string, unknown>>;
  of(name: string | RegExp | NameCheck, listener?: (socket: Socket) => void): ParentNamespace;
  listen(http: AnyHttpServer | number, options?: Options): IoServer;
  attach(http: AnyHttpServer | number, options?: Options): IoServer;
  bind(engine: unknown): IoServer;
  onconnection(socket: unknown): IoServer;
  path(): string;
  path(path: string): IoServer;
  serveClient(): boolean;
  serveClient(serve: boolean): IoServer;
  connectTimeout(): number;
  connectTimeout(timeoutMs: number): IoServer;
  adapter(): unknown;
  adapter(adapter: unknown): IoServer;
  close(callback?: (error?: Error) => void): Promise<void>;
}

export interface Handshake {
  readonly headers: Readonly<Record<string, string>>;
  readonly time: string;
  readonly address: string;
  readonly xdomain: boolean;
  readonly secure: boolean;
  readonly issued: number;
  readonly url: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly auth: Readonly<Record<string, unknown>>;
}

export type AnyListener = (...args: unknown[]) => void;

export interface Socket extends Listening, Sending {
  readonly id: string;
  readonly nsp: Namespace;
  readonly rooms: Set<string>;
  data: Record<string, unknown>;
  readonly handshake: Handshake;
  readonly request: IncomingMessage;
  readonly client: { readonly conn: EngineSocket; readonly request: IncomingMessage };
  readonly conn: EngineSocket;
  readonly connected: boolean;
  readonly disconnected: boolean;
  readonly recovered: boolean;
  emit(event: string | number | symbol, ...args: unknown[]): boolean;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  timeout(timeoutMs: number): Socket;
  readonly volatile: Socket;
  compress(compress: boolean): Socket;
  readonly broadcast: Operator;
  readonly local: Operator;
  to(rooms: Rooms): Operator;
  in(rooms: Rooms): Operator;
  except(rooms: Rooms): Operator;
  join(rooms: Rooms): unknown;
  leave(room: string): unknown;
  disconnect(close?: boolean): Socket;
  use(middleware: (event: unknown[], next: (error?: Error) => void) => unknown): Socket;
  onAny(listener: AnyListener): Socket;
  prependAny(listener: AnyListener): Socket;
  offAny(listener?: AnyListener): Socket;
  listenersAny(): AnyListener[];
  onAnyOutgoing(listener: AnyListener): Socket;
  prependAnyOutgoing(listener: AnyListener): Socket;
  offAnyOutgoing(listener?: AnyListener): Socket;
  listenersAnyOutgoing(): AnyListener[];
}

export interface Library {
  readonly Server: new (...args: readonly unknown[]) => IoServer;
  readonly Socket: new (...args: never) => Socket;
  readonly Namespace: new (...args: never) => Namespace;
}

/** The class of the adapters, for a test to extend. */
export const adapterOf = (io: IoServer): (new (nsp: Namespace) => object) =>
  io.sockets.adapter.constructor as new (
    nsp: Namespace,
  ) => object;

export const reference = createRequire(import.meta.url)("reference-socket.io") as Library;

/** Loaded on demand, so that the reference can be tried without any code of ours. */
export const towline = async (): Promise<Library> =>
  (await import("@towline/socket.io")) as unknown as Library;
