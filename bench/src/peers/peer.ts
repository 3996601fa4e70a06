import type { Dialect } from "../load/dialect.ts";

/** What a server may have to do, and in what words a peer is asked for it. */
export const APPS = {
  echo: "sends every message back to where it came from",
  sessions: "keeps Engine.IO sessions of every revision and transport and sends every message back",
  burst: "broadcasts `burstTexts(message)` to all connections, in one tick",
  broadcasts:
    "broadcasts the text of a `broadcast` event, or `burstTexts` of a `burst` event, to all sockets",
  fewRooms: "has the socket of a `room` event leave and join a room of ten, and emits its text there",
  manyRooms: "does the same with 100,000 rooms beside",
} as const;

export type AppName = keyof typeof APPS;

export const isAppName = (name: string): name is AppName => Object.hasOwn(APPS, name);

/**
 * Starts a server and gives its port. Runs in a process of its own; imports the library inside, so that the process
 * that makes the load never loads it.
 *
 * @throws {PeerAbsent} when the library cannot be loaded on this machine and need not be.
 */
export type Serve = () => Promise<number>;

/** A server to measure. */
export interface Peer {
  readonly name: string;
  /** The npm packages it may come from, the first that is there; the results name its version. Empty for Node itself. */
  readonly packages: readonly string[];
  /** What the load generator speaks to it. */
  readonly dialect: Dialect;
  /** What it can do; it takes part in the scenarios that ask for one of these. */
  readonly apps: Readonly<Partial<Record<AppName, Serve>>>;
}

/** The peer cannot run on this machine, and is left out. The message says why. */
export class PeerAbsent extends Error {
  override readonly name = "PeerAbsent";
}
