/** Engine.IO clients and servers of both revisions, behind the members that all of them have. */
import type { Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { Emitter } from "../peers.ts";

export interface EngineEnd extends Emitter {
  readonly id: string;
  readonly transport: { readonly name: string };
  send(data: string | Buffer): unknown;
  close(): unknown;
}

export interface EngineClient {
  readonly name: string;
  readonly revision: 3 | 4;
  open(url: string, options: { readonly transports: readonly string[] }): EngineEnd;
}

export interface AttachedServer {
  on(event: "connection", listener: (socket: EngineEnd) => void): unknown;
  close(): unknown;
}

export interface EngineServer {
  readonly name: string;
  readonly revision: 3 | 4;
  attach(http: HttpServer, options: EngineOptions): AttachedServer;
}

export interface EngineOptions {
  readonly pingInterval?: number;
  readonly pingTimeout?: number;
}

type SocketClass = new (url: string, options: { readonly transports: readonly string[] }) => EngineEnd;
type Attach = (http: HttpServer, options: EngineOptions & { readonly allowEIO3?: boolean }) => AttachedServer;

const require = createRequire(import.meta.url);
const client3 = require("reference-engine.io-client-3") as { Socket: SocketClass };
const client4 = require("reference-engine.io-client") as { Socket: SocketClass };
const server3 = require("reference-engine.io-3") as { attach: Attach };
const server4 = require("reference-engine.io") as { attach: Attach };

export const OFFICIAL_CLIENTS: readonly EngineClient[] = [
  {
    name: "official engine client 3.5.4",
    revision: 3,
    open: (url, options) => new client3.Socket(url, options),
  },
  {
    name: "official engine client 6.6.8",
    revision: 4,
    open: (url, options) => new client4.Socket(url, options),
  },
];

export const OFFICIAL_SERVERS: readonly EngineServer[] = [
  {
    name: "official engine server 3.6.1",
    revision: 3,
    attach: (http, options) => server3.attach(http, options),
  },
  {
    name: "official engine server 6.6.12",
    revision: 4,
    attach: (http, options) => server4.attach(http, { ...options, allowEIO3: true }),
  },
];

/** Loaded on demand, so that the self-check runs without any code of ours. */
export async function towlineEngineClient(): Promise<EngineClient> {
  const { Socket } = await import("@towline/engine.io-client");
  const SocketOfOurs = Socket as unknown as SocketClass;
  return {
    name: "Towline engine client",
    revision: 4,
    open: (url, options) => new SocketOfOurs(url, options),
  };
}

/** Loaded on demand, so that the self-check runs without any code of ours. */
export async function towlineEngineServer(): Promise<EngineServer> {
  const { Server } = await import("@towline/engine.io");
  return {
    name: "Towline engine server",
    revision: 4,
    attach: (http, options) => {
      const server = new Server(options);
      server.attach(http);
      return server as unknown as AttachedServer;
    },
  };
}
