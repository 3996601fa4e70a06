/** Our server, and the official clients of one test. */
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import { TLS_CERT, TLS_KEY } from "../../../packages/websocket/test/support/tls.ts";
import { next } from "../events.ts";
import type { AttachServer, ClientEnd, EngineServer, OfficialClient, Options, ServerEnd } from "./peers.ts";
import { WireLog } from "./wire-log.ts";

export interface Pair {
  readonly client: ClientEnd;
  readonly server: ServerEnd;
}

export interface RigOptions {
  readonly server?: Options;
  readonly secure?: boolean;
  readonly host?: string;
}

export class Rig {
  readonly client: OfficialClient;
  readonly http: HttpServer;
  readonly engine: EngineServer;
  readonly wire: WireLog;
  /** The TCP connections, the oldest first. */
  readonly connections: Socket[] = [];
  readonly #scheme: string;
  readonly #host: string;
  readonly #opened: ClientEnd[] = [];
  readonly #arrived = new Map<string, ServerEnd>();
  readonly #awaited = new Map<string, (socket: ServerEnd) => void>();
  readonly #ended: Promise<unknown>[] = [];

  static async start(client: OfficialClient, attach: AttachServer, options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(client, attach, options);
    rig.http.listen(0, options.host ?? "127.0.0.1");
    await once(rig.http, "listening");
    return rig;
  }

  private constructor(client: OfficialClient, attach: AttachServer, options: RigOptions) {
    const { server = {}, secure = false, host = "127.0.0.1" } = options;
    this.client = client;
    this.#scheme = secure ? "https" : "http";
    this.#host = host.includes(":") ? `[${host}]` : host;
    this.http = secure ? createSecureServer({ key: TLS_KEY, cert: TLS_CERT }) : createServer();
    this.http.on("connection", (connection) => this.connections.push(connection));
    this.engine = attach(this.http, server);
    this.wire = new WireLog(this.http);
    this.engine.on("connection", (socket) => {
      this.#ended.push(next(socket, "close"));
      this.#arrived.set(socket.id, socket);
      this.#awaited.get(socket.id)?.(socket);
    });
  }

  get url(): string {
    return `${this.#scheme}://${this.#host}:${(this.http.address() as AddressInfo).port}`;
  }

  /** Starts a session and does not wait for it. */
  open(options: Options = {}, url = this.url): ClientEnd {
    const client = this.client.open(url, options);
    this.#opened.push(client);
    return client;
  }

  /** Resolves with the server's end of `client`. */
  async serverOf(client: ClientEnd): Promise<ServerEnd> {
    if (client.readyState !== "open") await next(client, "open");
    const { id } = client;
    return this.#arrived.get(id) ?? new Promise((resolve) => this.#awaited.set(id, resolve));
  }

  /** Opens a session, and waits until both ends have come to `settled`, the transport that will stay. */
  async connect(options: Options = {}, settled = lastOf(options)): Promise<Pair> {
    const client = this.open(options);
    const server = await this.serverOf(client);
    for (const end of [client, server]) if (end.transport.name !== settled) await next(end, "upgrade");
    return { client, server };
  }

  async close(): Promise<void> {
    for (const client of this.#opened) if (client.readyState !== "closed") client.close();
    await Promise.all(this.#ended);
    expect(this.engine.clientsCount).to.equal(0);
    this.engine.close();
    const closed = once(this.http, "close");
    this.http.close();
    this.http.closeAllConnections();
    await closed;
  }
}

function lastOf({ transports = ["polling", "websocket"], upgrade }: Options): unknown {
  const names = transports as readonly string[];
  return upgrade === false ? names[0] : names.includes("websocket") ? "websocket" : "polling";
}
