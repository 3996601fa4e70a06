/** One server, a network that breaks, and the clients of one test. */
import { createServer, type Server as HttpServer } from "node:http";
import { next } from "../events.ts";
import { listen } from "../listen.ts";
import { FrailLink } from "./frail-link.ts";
import type {
  ClientLibrary,
  ClientOptions,
  ClientSocket,
  IoServer,
  RecoveryOptions,
  ServerLibrary,
  ServerSocket,
} from "./peers.ts";

/** Both ends of one socket, and what the client has heard: the name of each event and its first argument. */
export interface Pair {
  readonly client: ClientSocket;
  readonly heard: unknown[];
  socket: ServerSocket;
  /** Of the last event that the client has heard. */
  offset: string | undefined;
}

export interface Combination {
  readonly server: ServerLibrary;
  readonly client: ClientLibrary;
  readonly transports: readonly string[];
  readonly recovery: RecoveryOptions;
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Rig {
  readonly io: IoServer;
  readonly link: FrailLink;
  readonly #http: HttpServer;
  readonly #combination: Combination;
  readonly #url: string;
  readonly #clients: ClientSocket[] = [];
  #openPolls = 0;

  static async start(combination: Combination): Promise<Rig> {
    const http = createServer();
    const io = combination.server.create(http, {
      pingInterval: 100,
      pingTimeout: 100,
      recovery: combination.recovery,
    });
    const link = new FrailLink(await listen(http));
    return new Rig(combination, http, io, link, `http://127.0.0.1:${await link.listen()}`);
  }

  private constructor(
    combination: Combination,
    http: HttpServer,
    io: IoServer,
    link: FrailLink,
    url: string,
  ) {
    this.#combination = combination;
    this.#http = http;
    this.io = io;
    this.link = link;
    this.#url = url;
    http.on("request", (request, response) => {
      if (request.method !== "GET") return;
      this.#openPolls++;
      response.once("close", () => this.#openPolls--);
    });
  }

  /** Connects a client that comes back only when it is told to. */
  async connect(nsp = "/", options: Partial<ClientOptions> = {}): Promise<Pair> {
    const connection = next(this.io.of(nsp), "connection");
    const client = this.#combination.client.connect(this.#url + nsp, {
      transports: this.#combination.transports,
      forceNew: true,
      reconnection: false,
      ...options,
    });
    return this.#paired(client, connection);
  }

  /** Puts another namespace on the connection of `pair`. */
  async add({ client }: Pair, nsp: string): Promise<Pair> {
    const connection = next(this.io.of(nsp), "connection");
    return this.#paired(client.io.socket(nsp), connection);
  }

  /** Breaks the network; both ends have noticed. */
  async cut(...pairs: readonly Pair[]): Promise<void> {
    // Between two polls there is nothing to break.
    while (this.#combination.transports.includes("polling") && this.#openPolls === 0) await turn();
    const ends = pairs.flatMap(({ client, socket }) => [
      next(client, "disconnect"),
      next(socket, "disconnect"),
    ]);
    this.link.cut();
    await Promise.all(ends);
  }

  /** Has a client come back. */
  async comeBack(pair: Pair): Promise<void> {
    const connection = next(pair.socket.nsp, "connection");
    const connected = next(pair.client, "connect");
    pair.client.connect();
    await connected;
    pair.socket = (await connection)[0] as ServerSocket;
  }

  /** Resolves when the client has heard all that was sent to it before. */
  async synced({ client, socket }: Pair): Promise<void> {
    const answer = socket.emitWithAck("sync");
    client.once("sync", (...args) => (args.at(-1) as () => void)());
    await answer;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    // An official server that is closed before its polling sessions have ended keeps a timer of 30 s for each.
    while (this.io.engine.clientsCount > 0) await turn();
    const closed = next(this.#http, "close");
    this.io.close();
    this.#http.closeAllConnections();
    await closed;
    await this.link.close();
  }

  async #paired(client: ClientSocket, connection: Promise<unknown[]>): Promise<Pair> {
    this.#clients.push(client);
    const heard: unknown[] = [];
    const connected = next(client, "connect");
    const [socket] = (await connection) as [ServerSocket];
    const pair: Pair = { client, heard, socket, offset: undefined };
    client.on("event", (value, offset) => {
      heard.push(value);
      pair.offset = offset as string;
    });
    await connected;
    return pair;
  }
}
