/** One server and the clients of one test. */
import { createServer, type Server as HttpServer } from "node:http";
import { next } from "./events.ts";
import { Link } from "./link.ts";
import { listen } from "./listen.ts";
import type {
  ClientLibrary,
  ClientOptions,
  ClientSocket,
  IoServer,
  ServerLibrary,
  ServerSocket,
} from "./peers.ts";

export interface TransportMode {
  readonly name: string;
  readonly transports: readonly string[];
  /** What carries the messages once the connection has settled. */
  readonly settled: "polling" | "websocket";
}

export const TRANSPORT_MODES: readonly TransportMode[] = [
  { name: "polling", transports: ["polling"], settled: "polling" },
  { name: "websocket", transports: ["websocket"], settled: "websocket" },
  { name: "polling → upgraded", transports: ["polling", "websocket"], settled: "websocket" },
];

export interface Combination {
  readonly client: ClientLibrary;
  readonly server: ServerLibrary;
  readonly mode: TransportMode;
}

/** True when the two sides speak revision 4 of the Socket.IO protocol, over Engine.IO 3. */
export const speaksRevision4 = ({ client, server }: Pick<Combination, "client" | "server">): boolean =>
  client.generation === 2 || server.generation === 2;

/** Both ends of one socket. */
export interface Pair {
  readonly client: ClientSocket;
  readonly socket: ServerSocket;
}

/** Namespaces that every server of this suite has; any other is unknown to it. */
const NAMESPACES = ["/", "/chat", "/admin"] as const;

// Clients keep their managers by host and port: a port that came twice would give a test the manager of another.
const usedPorts = new Set<number>();

async function listenOnFreshPort(http: HttpServer): Promise<number> {
  for (;;) {
    const port = await listen(http);
    if (!usedPorts.has(port)) {
      usedPorts.add(port);
      return port;
    }
    await new Promise((resolve) => http.close(resolve));
  }
}

export class Rig {
  readonly client: ClientLibrary;
  readonly server: ServerLibrary;
  readonly mode: TransportMode;
  readonly io: IoServer;
  readonly #http: HttpServer;
  readonly #clients: ClientSocket[] = [];
  readonly #arrived = new Map<string, ServerSocket>();
  readonly #awaited = new Map<string, (socket: ServerSocket) => void>();
  #port: number;
  readonly #sessionsEnded: Promise<unknown>[] = [];
  #link: Link | undefined;
  #openPolls = 0;

  static async start(combination: Combination): Promise<Rig> {
    const http = createServer();
    return new Rig(combination, http, await listenOnFreshPort(http));
  }

  private constructor({ client, server, mode }: Combination, http: HttpServer, port: number) {
    this.client = client;
    this.server = server;
    this.mode = mode;
    this.#http = http;
    this.#port = port;
    this.io = server.create(http);
    this.io.engine.on("connection", (session) => this.#sessionsEnded.push(next(session, "close")));
    for (const name of NAMESPACES) this.io.of(name).on("connection", (socket) => this.#arrive(name, socket));
    http.on("request", (request, response) => {
      if (request.method !== "GET") return;
      this.#openPolls++;
      response.once("close", () => this.#openPolls--);
    });
  }

  get speaksRevision4(): boolean {
    return speaksRevision4(this);
  }

  /** Starts a connection and does not wait for it. */
  open(namespace: string, options: Partial<ClientOptions> = {}): ClientSocket {
    const client = this.client.io(`http://127.0.0.1:${this.#port}${namespace}`, {
      transports: this.mode.transports,
      forceNew: true,
      reconnectionDelay: 10,
      reconnectionDelayMax: 20,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Connects, and waits until both sides know of it and the connection has settled on its last transport. */
  async connect(namespace = "/", options: Partial<ClientOptions> = {}): Promise<Pair> {
    const client = this.open(namespace, options);
    const socket = await this.whenConnected(client, namespace);
    await this.settle({ client, socket });
    return { client, socket };
  }

  /** Resolves with the server's end of `client` once it is connected. */
  async whenConnected(client: ClientSocket, namespace = "/"): Promise<ServerSocket> {
    if (!client.connected) await next(client, "connect");
    const key = `${namespace} ${client.id}`;
    return this.#arrived.get(key) ?? new Promise((resolve) => this.#awaited.set(key, resolve));
  }

  async settle({ client, socket }: Pair): Promise<void> {
    await Promise.all([client.io.engine, socket.conn].map((end) => this.#whenSettled(end)));
  }

  /** Puts a link that can be cut between the server and all clients opened from now on. */
  async insertLink(): Promise<void> {
    this.#link = new Link(this.#port);
    this.#port = await this.#link.listen();
  }

  /** Resolves while the server is holding a poll or a WebSocket, by which it can tell the client something. */
  async whenReachable(): Promise<void> {
    while (this.mode.settled === "polling" && this.#openPolls === 0) await next(this.#http, "request");
  }

  /** Cuts the link while the server is holding a poll or a WebSocket, so that it can notice at once. */
  async cut(): Promise<void> {
    await this.whenReachable();
    this.#link?.cut();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    // An official server that is closed before its polling sessions have ended keeps a timer of 30 s for each.
    await Promise.all(this.#sessionsEnded);
    await new Promise<void>((resolve) => {
      this.io.close(resolve);
      this.#http.closeAllConnections();
    });
    await this.#link?.close();
  }

  async #whenSettled(engine: Pair["socket"]["conn"]): Promise<void> {
    if (engine.transport.name !== this.mode.settled) await next(engine, "upgrade");
  }

  #arrive(namespace: string, socket: ServerSocket): void {
    const key = `${namespace} ${socket.id}`;
    this.#arrived.set(key, socket);
    this.#awaited.get(key)?.(socket);
  }
}
