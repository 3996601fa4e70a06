/** A server under a group's options, the reference's or ours. */
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { Server as ServerOfOurs } from "@towline/engine.io";
import { listen } from "../listen.ts";
import { ServerEvents } from "./server-events.ts";
import type { EngineServer, Group } from "./step.ts";

type ServerClass = new (options: object) => EngineServer;

const require = createRequire(import.meta.url);
const reference = require("reference-engine.io") as { Server: ServerClass };

export const SERVER_CLASSES = {
  reference: reference.Server,
  ours: ServerOfOurs as unknown as ServerClass,
} as const;

export type Side = keyof typeof SERVER_CLASSES;

export class Host {
  readonly events: ServerEvents;
  readonly #http: HttpServer;
  /** Those that were upgraded are no longer the HTTP server's to close. */
  readonly #connections = new Set<Socket>();

  static async start(side: Side, group: Group): Promise<Host> {
    const http = createServer({ ...group.http });
    const engine = new SERVER_CLASSES[side]({ allowEIO3: true, ...group.options });
    const events = new ServerEvents(engine, group.withFlushes === true);
    group.prepare?.(engine, http, events);
    if (group.byHand === true) {
      http.on("request", (request, response) => engine.handleRequest(request, response));
      http.on("upgrade", (request, socket, head) => engine.handleUpgrade(request, socket, head));
    } else {
      http.on("request", (_request, response) => response.writeHead(404).end("another route"));
      engine.attach(http, { ...group.attach });
    }
    return new Host(http, events, await listen(http));
  }

  private constructor(
    http: HttpServer,
    events: ServerEvents,
    readonly port: number,
  ) {
    this.#http = http;
    this.events = events;
    http.on("connection", (socket: Socket) => {
      this.#connections.add(socket);
      socket.on("close", () => this.#connections.delete(socket));
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => {
      this.#http.close(resolve);
    });
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }
}
