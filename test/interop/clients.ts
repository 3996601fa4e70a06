/** Every client of the matrix. */
import { createRequire } from "node:module";
import type { ClientLibrary, ClientOptions, ClientSocket } from "./peers.ts";

type Connect = (url: string, options: ClientOptions) => ClientSocket;

const require = createRequire(import.meta.url);

// The old packages carry no types, and each generation types its events differently: one cast at the edge.
const official = (alias: string): Connect => require(alias) as Connect;

export const OFFICIAL_CLIENTS: readonly ClientLibrary[] = [
  {
    name: "official client 2.5.0",
    generation: 2,
    refusalEvent: "error",
    io: official("reference-socket.io-client-2"),
  },
  {
    name: "official client 3.1.3",
    generation: 3,
    refusalEvent: "connect_error",
    io: official("reference-socket.io-client-3"),
  },
  {
    name: "official client 4.8.4",
    generation: 4,
    refusalEvent: "connect_error",
    io: official("reference-socket.io-client"),
  },
];

/** Loaded on demand, so that the self-check of the matrix runs without any code of ours. */
export async function towlineClient(): Promise<ClientLibrary> {
  const { io } = await import("@towline/socket.io-client");
  return {
    name: "Towline client",
    generation: 4,
    refusalEvent: "connect_error",
    io: io as unknown as Connect,
  };
}
