/** Every server of the matrix, each with its default options. */
import type { Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { IoServer, ServerLibrary } from "./peers.ts";

type ServerClass = new (http: HttpServer, options?: Readonly<Record<string, unknown>>) => IoServer;

const require = createRequire(import.meta.url);

const official2 = require("reference-socket.io-2") as ServerClass;
const official3 = (require("reference-socket.io-3") as { Server: ServerClass }).Server;
const official4 = (require("reference-socket.io") as { Server: ServerClass }).Server;

export const OFFICIAL_SERVERS: readonly ServerLibrary[] = [
  {
    name: "official server 2.5.1",
    generation: 2,
    lingersAfterPolling: true,
    create: (http) => new official2(http),
  },
  {
    name: "official server 3.1.2",
    generation: 3,
    lingersAfterPolling: true,
    create: (http) => new official3(http),
  },
  {
    name: "official server 4.8.4",
    generation: 4,
    lingersAfterPolling: true,
    create: (http) => new official4(http),
  },
];

/** The reference for clients of every generation: the one official server that takes them all. */
export const OFFICIAL_SERVER_FOR_ALL: ServerLibrary = {
  name: "official server 4.8.4 with allowEIO3",
  generation: 4,
  tellsGeneration2ByObject: true,
  lingersAfterPolling: true,
  create: (http) => new official4(http, { allowEIO3: true }),
};

/** Loaded on demand, so that the self-check of the matrix runs without any code of ours. */
export async function towlineServer(): Promise<ServerLibrary> {
  const { Server } = await import("@towline/socket.io");
  return {
    name: "Towline server",
    generation: 4,
    lingersAfterPolling: false,
    create: (http) => new Server(http) as unknown as IoServer,
  };
}
