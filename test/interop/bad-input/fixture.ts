/** A server to mistreat, and a client beside it that must notice nothing. */
import { createServer } from "node:http";
import { Server, type ServerOptions } from "@towline/socket.io";
import { expect } from "chai";
import { OFFICIAL_CLIENTS } from "../clients.ts";
import { next, request } from "../events.ts";
import { listen } from "../listen.ts";
import type { ClientSocket } from "../peers.ts";

export class MistreatedServer {
  readonly io: Server;
  /** Where it listens, once started. */
  port = 0;
  readonly #http = createServer();
  #bystander: ClientSocket | undefined;

  static async start(options: Partial<ServerOptions> = {}): Promise<MistreatedServer> {
    const server = new MistreatedServer(options);
    server.port = await listen(server.#http);
    await server.#meetBystander();
    return server;
  }

  private constructor(options: Partial<ServerOptions>) {
    this.io = new Server(this.#http, options);
    this.io.on("connection", (socket) => {
      socket.on("echo", (...args: unknown[]) => {
        const answer = args.pop();
        if (typeof answer === "function") answer(...args);
      });
    });
  }

  /** Fails if the client that did nothing wrong lost its connection or is not answered any more. */
  async expectOthersUnharmed(): Promise<void> {
    const bystander = this.#bystander;
    if (bystander === undefined) throw new Error("start() first");
    expect(bystander.connected).to.equal(true);
    expect(await request(bystander, "echo", "still here")).to.deep.equal(["still here"]);
  }

  async close(): Promise<void> {
    this.#bystander?.disconnect();
    await new Promise<void>((resolve) => {
      this.io.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  async #meetBystander(): Promise<void> {
    const newest = OFFICIAL_CLIENTS.at(-1);
    this.#bystander = newest?.io(`http://127.0.0.1:${this.port}`, {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 10,
      reconnectionDelayMax: 20,
    });
    if (this.#bystander !== undefined) await next(this.#bystander, "connect");
  }
}
