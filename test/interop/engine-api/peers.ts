/** The API of engine.io, as much of it as the behaviours use, and the two packages that have it. */
import type { EventEmitter } from "node:events";
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";

export type EngineRequest = IncomingMessage & {
  readonly _query: Readonly<Record<string, unknown>>;
  readonly res?: ServerResponse;
};

export interface EngineTransport {
  readonly name: string;
}

export interface SendOptions {
  readonly compress?: boolean;
}

export interface EngineSocket extends EventEmitter {
  readonly id: string;
  readonly protocol: number;
  readonly readyState: string;
  readonly upgrading: boolean;
  readonly upgraded: boolean;
  readonly request: EngineRequest;
  readonly remoteAddress: string;
  readonly server: EngineServer;
  readonly transport: EngineTransport;
  send(data: unknown, options?: SendOptions | Callback, callback?: Callback): EngineSocket;
  write(data: unknown, options?: SendOptions | Callback, callback?: Callback): EngineSocket;
  close(discard?: boolean): unknown;
}

export type Callback = (transport: EngineTransport) => void;

export type Middleware = (
  request: EngineRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

export type Options = Readonly<Record<string, unknown>>;

export interface EngineServer extends EventEmitter {
  opts: Record<string, unknown>;
  readonly clients: Readonly<Record<string, EngineSocket>>;
  readonly clientsCount: number;
  httpServer?: HttpServer;
  readonly ws?: unknown;
  generateId(request: EngineRequest): string | PromiseLike<string>;
  use(middleware: Middleware): unknown;
  upgrades(transport: string): readonly string[];
  attach(http: HttpServer, options?: Options): unknown;
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): EngineServer;
}

export interface ServerClass {
  new (options?: Options): EngineServer;
  readonly errors: Readonly<Record<string, number>>;
  readonly errorMessages: Readonly<Record<number, string>>;
}

export interface Library {
  readonly Server: ServerClass;
  readonly Socket: new (...args: never) => EngineSocket;
  readonly Transport: abstract new (...args: never) => EngineTransport;
  attach(http: HttpServer, options: Options): EngineServer;
  listen(port: number, options?: Options, onListening?: () => void): EngineServer;
}

export const reference = createRequire(import.meta.url)("reference-engine.io") as Library;

/** Loaded on demand, so that the reference can be tried without any code of ours. */
export const towline = async (): Promise<Library> =>
  (await import("@towline/engine.io")) as unknown as Library;
