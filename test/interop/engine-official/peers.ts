/** The official clients and, for the self-check, the official server, behind the members that both revisions have. */
import type { Server as HttpServer, IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Emitter } from "../peers.ts";

/** Each generation types its options differently, and the old one not at all. */
export type Options = Readonly<Record<string, unknown>>;
export type Data = string | ArrayBuffer | ArrayBufferView;
export type ReadyState = "opening" | "open" | "closing" | "closed" | "";

export interface ClientEnd extends Emitter {
  readonly id: string;
  readonly readyState: ReadyState;
  binaryType: string;
  readonly transport: { readonly name: string; readonly ws?: { readonly extensions: string } };
  send(data: Data, options?: Options, onFlushed?: () => void): unknown;
  close(): unknown;
}

export interface ServerEnd extends Emitter {
  readonly id: string;
  readonly protocol: 3 | 4;
  readonly readyState: ReadyState;
  readonly request: IncomingMessage & { readonly _query?: Readonly<Record<string, unknown>> };
  readonly remoteAddress: string | undefined;
  readonly transport: { readonly name: string };
  send(data: Data, options?: Options, onFlushed?: () => void): unknown;
  close(discard?: boolean): void;
}

export interface EngineServer {
  readonly clientsCount: number;
  on(event: "connection", listener: (socket: ServerEnd) => void): unknown;
  once(event: "connection", listener: (socket: ServerEnd) => void): unknown;
  close(): unknown;
}

export interface OfficialClient {
  readonly name: string;
  readonly revision: 3 | 4;
  /** What the package exports, for what only one of the revisions has. */
  readonly exported: Readonly<Record<string, unknown>>;
  open(url: string, options: Options): ClientEnd;
}

export type AttachServer = (http: HttpServer, options: Options) => EngineServer;

const require = createRequire(import.meta.url);

function official(name: string, revision: 3 | 4, alias: string): OfficialClient {
  const exported = require(alias) as Readonly<Record<string, unknown>>;
  const Socket = exported.Socket as new (url: string, options: Options) => ClientEnd;
  return { name, revision, exported, open: (url, options) => new Socket(url, options) };
}

export const OFFICIAL_CLIENTS: readonly OfficialClient[] = [
  official("official engine client 3.5.4", 3, "reference-engine.io-client-3"),
  official("official engine client 6.6.8", 4, "reference-engine.io-client"),
];

export const isSelfCheck = process.env.INTEROP_SELF_CHECK === "1";

/** Our server; with INTEROP_SELF_CHECK=1 the official one, which shows that the behaviours are right. */
export async function serverUnderTest(): Promise<AttachServer> {
  if (!isSelfCheck) return (await import("@towline/engine.io")).attach as unknown as AttachServer;
  const { attach } = require("reference-engine.io") as { attach: AttachServer };
  return (http, options) => attach(http, { allowEIO3: true, ...options });
}
