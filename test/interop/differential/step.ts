/** What the corpus is made of: scripts as data, played to two servers by `play.ts`. */
import type { Server as HttpServer, IncomingMessage, ServerOptions, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What the application on the server does with the script's first session, or the one given. */
export type ServerAction =
  | { readonly act: "send"; readonly data: string | Buffer; readonly session?: number }
  | { readonly act: "close"; readonly discard?: boolean; readonly session?: number }
  | { readonly act: "state"; readonly session?: number }
  | { readonly act: "closeServer" };

/** One step. `on` names a TCP connection, made by the first step that names it. */
export type Step =
  | { readonly do: "say"; readonly on: string; readonly bytes: string | Buffer }
  | { readonly do: "hear"; readonly on: string; readonly what: "answer" | "frame"; readonly count: number }
  | { readonly do: "hearEnd"; readonly on: string }
  | { readonly do: "leave"; readonly on: string; readonly how: "end" | "reset" }
  | { readonly do: "server"; readonly action: ServerAction }
  | { readonly do: "event"; readonly start: string; readonly withinMs?: number }
  | { readonly do: "settle" };

/** A difference that is wanted: the lines of the transcript that only one of the two has. */
export interface Difference {
  readonly because: string;
  readonly reference: readonly string[];
  readonly ours: readonly string[];
}

/** Differences of scripts by the group's title and the script's. */
export type Wanted = Readonly<Record<string, Readonly<Record<string, Difference>>>>;

export interface Script {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly differs?: Difference;
}

/** The members that the scripts need of either server. */
export interface EngineServer {
  on(event: string, listener: (...args: never[]) => void): unknown;
  use(
    middleware: (request: IncomingMessage, response: ServerResponse, next: (e?: unknown) => void) => void,
  ): unknown;
  attach(http: HttpServer, options?: object): unknown;
  handleRequest(request: IncomingMessage, response: ServerResponse): unknown;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): unknown;
  close(): unknown;
  generateId(request: IncomingMessage): string | Promise<string>;
  readonly clientsCount: number;
}

/** Where a group's own listeners put lines into the transcript of the script that a request belongs to. */
export interface Notes {
  part(request: IncomingMessage): { note(line: string): void };
}

/** Scripts that are played to servers with the same options. */
export interface Group {
  readonly title: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly attach?: Readonly<Record<string, unknown>>;
  /** Of the HTTP server. */
  readonly http?: ServerOptions;
  /** Whether the servers are handed their requests one by one, as frameworks do it. */
  readonly byHand?: boolean;
  /** More to do with the servers before they listen. */
  readonly prepare?: (engine: EngineServer, http: HttpServer, notes: Notes) => void;
  /** Whether `packetCreate`, `flush` and `drain` are part of the transcript. */
  readonly withFlushes?: boolean;
  /** A line that all its transcripts have, each side in its words. */
  readonly everywhere?: { readonly because: string; readonly reference: string; readonly ours: string };
  readonly scripts: readonly Script[];
}
