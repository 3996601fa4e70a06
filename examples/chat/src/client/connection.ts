import { type EventOf, nextState, type StateOf } from "@towline/core";
import type { Socket } from "@towline/socket.io-client";
import type { ClientEvents, ServerEvents } from "../protocol.ts";
import { CONNECTION } from "./connection-states.ts";
import type { TraceEvent } from "./wire/trace-event.ts";

/** The global that `/socket.io/socket.io.js` defines. */
declare const io: typeof import("@towline/socket.io-client").io;

export type ChatSocket = Socket<ServerEvents, ClientEvents>;
export type ConnectionState = StateOf<typeof CONNECTION>;

export interface Link {
  readonly transport: string;
  /** Of the Engine.IO protocol, once the server's answer has told it. */
  readonly revision: 3 | 4 | undefined;
}

export interface ConnectionSink {
  onTrace(event: TraceEvent): void;
  /** `detail` says why, where there is something to say. */
  onState(state: ConnectionState, detail: string): void;
  /** The transport in use and the protocol's revision, or `undefined` without a connection. */
  onLink(link: Link | undefined): void;
}

/** The page's one connection: opens it, tells how it fares, drops it on demand. */
export class Connection {
  readonly socket: ChatSocket;
  readonly #sink: ConnectionSink;
  #state: ConnectionState = CONNECTION.initial;

  /** @param auth asked anew for every connection, since the name may have changed. */
  constructor(auth: () => { name: string; token: string }, sink: ConnectionSink) {
    this.#sink = sink;
    this.socket = io({
      autoConnect: false,
      auth: (give) => give(auth()),
      reconnectionDelay: 1_200,
      reconnectionDelayMax: 5_000,
      trace: (event: TraceEvent) => {
        sink.onTrace(event);
        // The engine settles on a transport after it has told of the packet that decided it.
        queueMicrotask(() => this.#showLink());
      },
    });
    this.#listen();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (this.#fire("start")) this.socket.connect();
  }

  /** Cuts the transport, as a lost network would. The client comes back by itself. */
  drop(): void {
    this.socket.io.engine?.close();
  }

  #listen(): void {
    const { socket } = this;
    socket.on("connect", () => this.#fire("connected"));
    socket.on("disconnect", (reason) => this.#fire(socket.active ? "lost" : "dismissed", reason));
    socket.on("connect_error", ({ message }) => this.#fire(socket.active ? "failed" : "refused", message));
    socket.io.on("reconnect_attempt", (attempt) => this.#fire("retry", `attempt ${attempt}`));
  }

  #showLink(): void {
    const { engine } = this.socket.io;
    const alive = this.socket.connected && engine !== undefined;
    this.#sink.onLink(alive ? { transport: engine.transport.name, revision: engine.revision } : undefined);
  }

  #fire(event: EventOf<typeof CONNECTION>, detail = ""): boolean {
    const next = nextState(CONNECTION, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    this.#sink.onState(next, detail);
    this.#showLink();
    return true;
  }
}
