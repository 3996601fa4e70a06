/** A server on a free port, raw and official clients of it, and raw HTTP requests. */
import { createServer, type Server as HttpServer, type IncomingHttpHeaders, request } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { next } from "../events.ts";
import { listen } from "../listen.ts";
import type { Emitter } from "../peers.ts";
import type { AnyHttpServer, IoServer, Library, Options, Socket } from "./peers.ts";
import { Wire } from "./wire.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RequestInit {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A socket of the official client. */
export interface Client extends Emitter {
  readonly id?: string;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly io: Emitter & {
    readonly engine: { close(): void };
    opts: { reconnectionDelay: number };
  };
  auth: unknown;
  connect(): Client;
  disconnect(): Client;
  timeout(timeoutMs: number): Client;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  onAny(listener: (...event: unknown[]) => void): Client;
}

type Connect = (url: string, options: Options) => Client;

const require = createRequire(import.meta.url);
const connectors = {
  2: require("reference-socket.io-client-2") as Connect,
  4: (require("reference-socket.io-client") as { readonly io: Connect }).io,
} as const;

export const WEBSOCKET = { EIO: "4", transport: "websocket" } as const;

/** A raw client and the server's end of it. */
export interface Joined {
  readonly wire: Wire;
  readonly socket: Socket;
}

export class Rig {
  readonly library: Library;
  readonly http: HttpServer;
  readonly io: IoServer;
  readonly #servers: IoServer[] = [];
  readonly #http: AnyHttpServer[] = [];
  readonly #wires: Wire[] = [];
  readonly #clients: Client[] = [];

  static async start(library: Library, options: Options = {}): Promise<Rig> {
    const rig = new Rig(library, options);
    await listen(rig.http);
    return rig;
  }

  private constructor(library: Library, options: Options) {
    this.library = library;
    this.http = this.own(createServer((_request, response) => response.writeHead(404).end("another's")));
    this.io = this.server(this.http, options);
  }

  /** Makes one more server, and closes it at the end. */
  server(...args: readonly unknown[]): IoServer {
    const io = new this.library.Server(...args);
    this.#servers.push(io);
    return io;
  }

  /** Closes an HTTP server at the end. */
  own<T extends AnyHttpServer>(http: T): T {
    this.#http.push(http);
    return http;
  }

  /** A raw connection that has joined nothing yet. */
  async open(
    query: Readonly<Record<string, string>> = {},
    http: AnyHttpServer = this.http,
    path = "/socket.io/",
  ) {
    const search = new URLSearchParams({ ...WEBSOCKET, ...query });
    const wire = new Wire(`ws://127.0.0.1:${portOf(http)}${path}?${search}`);
    this.#wires.push(wire);
    await wire.opened;
    return wire;
  }

  /** Joins a namespace with a raw connection, its own or `wire`, and takes the answer off it. */
  async join(namespace = "/", auth: unknown = undefined, wire?: Wire): Promise<Joined> {
    const used = wire ?? (await this.open());
    const connected = next(this.io.of(namespace), "connection");
    const head = namespace === "/" ? "" : `${namespace},`;
    used.send(`0${head}${auth === undefined ? "" : JSON.stringify(auth)}`);
    const [[socket]] = (await Promise.all([connected, used.next()])) as unknown as [[Socket]];
    return { wire: used, socket };
  }

  /** Starts an official client and does not wait for it. */
  client(options: Options = {}, namespace = "/", generation: 2 | 4 = 4): Client {
    const client = connectors[generation](`http://127.0.0.1:${portOf(this.http)}${namespace}`, {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Connects an official client. */
  async connect(options: Options = {}, namespace = "/"): Promise<{ client: Client; socket: Socket }> {
    const connected = next(this.io.of(namespace), "connection");
    const client = this.client(options, namespace);
    const [[socket]] = (await Promise.all([connected, next(client, "connect")])) as unknown as [[Socket]];
    return { client, socket };
  }

  post(path: string, body: string): Promise<Answer> {
    return this.request(path, { method: "POST", headers: { "content-type": "text/plain" }, body });
  }

  request(
    path: string,
    { method = "GET", headers = {}, body = "" }: RequestInit = {},
    http: AnyHttpServer = this.http,
  ) {
    return new Promise<Answer>((resolve, reject) => {
      const options = { host: "127.0.0.1", port: portOf(http), path, method, headers, agent: false };
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      sent.on("error", reject).end(body);
    });
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    // Those that were never attached, or are closed already, reject in the reference.
    await Promise.allSettled(this.#servers.map((io) => io.close()));
    for (const wire of this.#wires) wire.terminate();
    for (const http of this.#http) {
      if ("closeAllConnections" in http) http.closeAllConnections();
      if (http.listening) await new Promise((resolve) => void http.close(resolve));
    }
  }
}

export const portOf = (http: AnyHttpServer): number => (http.address() as AddressInfo).port;
