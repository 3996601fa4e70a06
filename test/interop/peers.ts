/**
 * What the behaviours need of a client and of a server, whoever wrote it and of whichever generation it is.
 * Every generation of the API has these members; what differs is smoothed in `clients.ts` and `servers.ts`.
 */
import type { Server as HttpServer } from "node:http";

/** A major version of the API. Generation 2 speaks Engine.IO 3 and Socket.IO 4, the later ones 4 and 5. */
export type Generation = 2 | 3 | 4;

export type Listener = (...args: unknown[]) => void;

export interface Emitter {
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}

export interface EngineSocket extends Emitter {
  readonly id: string;
  readonly transport: { readonly name: string };
}

export interface ClientSocket extends Emitter {
  readonly id?: string | undefined;
  readonly connected: boolean;
  readonly io: Emitter & { readonly engine: EngineSocket };
  connect(): unknown;
  disconnect(): unknown;
}

export interface ClientOptions {
  readonly transports: readonly string[];
  readonly forceNew: boolean;
  readonly reconnectionDelay: number;
  readonly reconnectionDelayMax: number;
  readonly query?: Readonly<Record<string, string>>;
  readonly auth?: Readonly<Record<string, unknown>>;
}

export interface ClientLibrary {
  readonly name: string;
  readonly generation: Generation;
  io(url: string, options: ClientOptions): ClientSocket;
  /** The event which tells that a namespace refused the connection. */
  readonly refusalEvent: "connect_error" | "error";
}

export interface Broadcast {
  to(room: string): Broadcast;
  except(room: string): Broadcast;
  emit(event: string, ...args: unknown[]): unknown;
}

export interface ServerSocket extends Emitter {
  readonly id: string;
  readonly conn: EngineSocket;
  readonly handshake: {
    readonly query: Readonly<Record<string, unknown>>;
    readonly auth?: Readonly<Record<string, unknown>>;
  };
  readonly broadcast: Broadcast;
  to(room: string): Broadcast;
  join(room: string): unknown;
  leave(room: string): unknown;
  disconnect(close?: boolean): unknown;
}

export type Middleware = (socket: ServerSocket, next: (error?: Error & { data?: unknown }) => void) => void;

export interface Namespace extends Broadcast {
  use(middleware: Middleware): unknown;
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
}

export interface IoServer {
  readonly engine: {
    readonly clientsCount: number;
    on(event: "connection", listener: (socket: EngineSocket) => void): unknown;
  };
  of(name: string): Namespace;
  close(done: () => void): unknown;
}

export interface ServerLibrary {
  readonly name: string;
  readonly generation: Generation;
  /** 4.8.4 tells clients of generation 2 of an unknown namespace by an object, 2.5.1 by a text as ours does. */
  readonly tellsGeneration2ByObject?: boolean;
  /** Keeps a timer of 30 s, and with it the process, after it closed a polling session that does not poll again. */
  readonly lingersAfterPolling: boolean;
  create(http: HttpServer): IoServer;
}
