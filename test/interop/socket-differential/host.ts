/** A server under a group's options, the reference's or ours. */
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { Server as ServerOfOurs } from "@towline/socket.io";
import { listen } from "../listen.ts";
import { Application, type IoServer } from "./application.ts";
import type { Group } from "./step.ts";

type ServerClass = new (http: HttpServer, options: object) => IoServer;

const require = createRequire(import.meta.url);
const reference = require("reference-socket.io") as { Server: ServerClass };

const SERVER_CLASSES = {
  reference: reference.Server,
  ours: ServerOfOurs as unknown as ServerClass,
} as const;

export type Side = keyof typeof SERVER_CLASSES;

export class Host {
  readonly application: Application;
  readonly #http: HttpServer;
  /** Those that were upgraded are no longer the HTTP server's to close. */
  readonly #connections = new Set<Socket>();

  static async start(side: Side, { options, prepare }: Omit<Group, "scripts">): Promise<Host> {
    const http = createServer();
    const io = new SERVER_CLASSES[side](http, { allowEIO3: true, serveClient: false, ...options });
    const application = new Application(io);
    prepare?.(application);
    return new Host(http, application, await listen(http));
  }

  private constructor(
    http: HttpServer,
    application: Application,
    readonly port: number,
  ) {
    this.#http = http;
    this.application = application;
    http.on("connection", (socket: Socket) => {
      this.#connections.add(socket);
      socket.on("close", () => this.#connections.delete(socket));
    });
  }

  /** Those who wait for an end of the server's own are never answered: the connections go first. */
  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => void this.application.io.close(resolve));
    if (this.#http.listening) this.#http.close();
  }
}
