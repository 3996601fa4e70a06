import type { Server } from "@towline/socket.io";
import type { ClientEvents, Entry, Member, ServerEvents } from "../../chat/src/protocol.ts";

/** Who is in which room through one server. */
export type Presences = Readonly<Record<string, readonly Member[]>>;

/** What the servers say to one another. */
export interface PeerEvents {
  /** Who is here through `server`: when it changes, and once a second as a sign of life. */
  present(server: string, presences: Presences): void;
  /** Something was written. */
  wrote(entry: Entry): void;
  /** A new server asks what it has missed. */
  newcomer(ack: (entries: readonly Entry[]) => void): void;
}

interface ClusterServerEvents extends ServerEvents {
  worker(pid: number): void;
}

export type ClusterServer = Server<ClientEvents, ClusterServerEvents, PeerEvents>;
