/** The servers and clients that take part in connection state recovery, under the names that both makers share. */
import type { Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { Emitter, EngineSocket } from "../peers.ts";

export interface ServerSocket extends Emitter {
  readonly id: string;
  readonly recovered: boolean;
  readonly connected: boolean;
  readonly rooms: ReadonlySet<string>;
  data: Record<string, unknown>;
  readonly conn: EngineSocket & { close(): unknown };
  readonly nsp: Nsp;
  join(rooms: string | string[]): unknown;
  leave(room: string): unknown;
  disconnect(close?: boolean): unknown;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
}

export interface Target {
  emit(event: string, ...args: unknown[]): unknown;
  to(room: string): Target;
  except(room: string): Target;
}

export interface Nsp extends Target {
  readonly volatile: Target;
  readonly sockets: ReadonlyMap<string, ServerSocket>;
  readonly adapter: Emitter;
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  once(event: string, listener: (...args: never[]) => void): unknown;
  use(middleware: (socket: ServerSocket, next: (error?: Error) => void) => void): unknown;
}

export interface IoServer extends Nsp {
  readonly engine: { readonly clientsCount: number };
  of(name: string | RegExp): Nsp;
  close(): unknown;
}

export interface RecoveryOptions {
  readonly maxDisconnectionDuration?: number;
  readonly skipMiddlewares?: boolean;
  readonly maxPackets?: number;
  readonly maxBytes?: number;
}

export interface ServerOptions {
  readonly pingInterval?: number;
  readonly pingTimeout?: number;
  readonly recovery?: RecoveryOptions;
}

export interface ServerLibrary {
  readonly name: string;
  readonly isReference: boolean;
  create(http: HttpServer, options: ServerOptions): IoServer;
}

export interface ClientSocket extends Emitter {
  readonly id?: string | undefined;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly io: Emitter & {
    readonly engine: EngineSocket & { close(): unknown };
    socket(nsp: string): ClientSocket;
  };
  connect(): unknown;
  disconnect(): unknown;
}

export interface ClientOptions {
  readonly transports: readonly string[];
  readonly forceNew?: boolean;
  readonly reconnection?: boolean;
  readonly reconnectionDelay?: number;
  readonly reconnectionDelayMax?: number;
  readonly randomizationFactor?: number;
  /** How long an attempt may take, in milliseconds. */
  readonly timeout?: number;
  readonly auth?: Readonly<Record<string, unknown>>;
}

export interface ClientLibrary {
  readonly name: string;
  readonly isReference: boolean;
  connect(url: string, options: ClientOptions): ClientSocket;
}

const require = createRequire(import.meta.url);

type ServerClass = new (http: HttpServer, options: object) => IoServer;

const creating =
  (Server: ServerClass): ServerLibrary["create"] =>
  (http, { recovery = {}, ...options }) =>
    new Server(http, { ...options, connectionStateRecovery: recovery });

export const REFERENCE_SERVER: ServerLibrary = {
  name: "official server 4.8.4",
  isReference: true,
  create: creating((require("reference-socket.io") as { Server: ServerClass }).Server),
};

/** Loaded on demand, as the clients are, so that each side can be run alone. */
export async function towlineServer(): Promise<ServerLibrary> {
  const { Server } = await import("@towline/socket.io");
  return { name: "Towline server", isReference: false, create: creating(Server as unknown as ServerClass) };
}

export const OFFICIAL_CLIENT: ClientLibrary = {
  name: "official client 4.8.4",
  isReference: true,
  connect: (require("reference-socket.io-client") as { io: ClientLibrary["connect"] }).io,
};

export async function towlineClient(): Promise<ClientLibrary> {
  const { io } = await import("@towline/socket.io-client");
  return { name: "Towline client", isReference: false, connect: io as unknown as ClientLibrary["connect"] };
}
