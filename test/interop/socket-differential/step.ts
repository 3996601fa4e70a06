/** What the corpus is made of: scripts as data, played to two servers by `play.ts`. */
import type { Application } from "./application.ts";

/** What a client says or hears: the text of a Socket.IO packet, or an attachment. */
export type Message = string | Buffer;

/** Of the protocol of Socket.IO: 4 goes with Engine.IO 3, and 5 with Engine.IO 4. */
export type Revision = 4 | 5;

export type TransportName = "polling" | "websocket";

/** How a client connects. */
export interface Way {
  readonly revision: Revision;
  readonly transport: TransportName;
  /** More of the query. */
  readonly query?: string;
}

/** One step. `on` names a client, opened by a step of its own. After each, both ends come to rest. */
export type Step =
  | { readonly do: "open"; readonly on: string; readonly way: Way }
  | { readonly do: "say"; readonly on: string; readonly messages: readonly Message[] }
  | { readonly do: "leave"; readonly on: string; readonly how: "close" | "cut" }
  | { readonly do: "server"; readonly act: (application: Application) => void }
  /** Waits until a line of the client's, or of the server's, begins so. */
  | { readonly do: "hear"; readonly on: string; readonly start: string };

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

/** Scripts that are played to servers with the same options, each to one of its own. */
export interface Group {
  readonly title: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** More to do with the servers before they listen. */
  readonly prepare?: (application: Application) => void;
  readonly scripts: readonly Script[];
}
