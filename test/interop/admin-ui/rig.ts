/** A server under `@socket.io/admin-ui`, with people on it and an administrator who watches. */
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { instrument } from "@socket.io/admin-ui";
import type { Server } from "reference-socket.io";
import {
  io as connect,
  type ManagerOptions,
  type Socket,
  type SocketOptions,
} from "reference-socket.io-client";
import { next, request } from "../events.ts";
import { listen } from "../listen.ts";

const require = createRequire(import.meta.url);

type ServerClass = typeof Server;
export type InstrumentOptions = Parameters<typeof instrument>[1];
type ClientOptions = Partial<ManagerOptions & SocketOptions>;

export interface Watchable {
  readonly name: string;
  load(): Promise<ServerClass>;
}

export const SERVERS: readonly Watchable[] = [
  {
    name: "the official server",
    load: async () => (require("reference-socket.io") as { Server: ServerClass }).Server,
  },
  {
    name: "our server",
    load: async () => (await import("@towline/socket.io")).Server as unknown as ServerClass,
  },
];

export class Rig {
  readonly io: Server;
  readonly #http: HttpServer;
  readonly #sockets: Socket[] = [];
  #url = "";

  static async start({ load }: Watchable, options: InstrumentOptions): Promise<Rig> {
    const http = createServer();
    const rig = new Rig(http, new (await load())(http));
    instrument(rig.io, { auth: false, serverId: "first", ...options });
    rig.#url = `http://localhost:${await listen(http)}`;
    return rig;
  }

  private constructor(http: HttpServer, io: Server) {
    this.#http = http;
    this.io = io;
    this.open("/");
  }

  /** Lets people do things in a namespace. */
  open(nsp: string): void {
    this.io.of(nsp).on("connection", (socket) => {
      socket.on("echo", (...args: unknown[]) => (args.pop() as (...answer: unknown[]) => void)(...args));
      socket.on("enter", async (room: string, answer: () => void) => {
        await socket.join(room);
        answer();
      });
      socket.on("quit", async (room: string, answer: () => void) => {
        await socket.leave(room);
        answer();
      });
      socket.on("be called", (name: string) => {
        socket.data.name = name;
      });
    });
  }

  socket(nsp: string, options: ClientOptions = {}): Socket {
    const socket = connect(this.#url + nsp, { forceNew: true, reconnection: false, ...options });
    this.#sockets.push(socket);
    return socket;
  }

  /** Somebody who is connected, by WebSocket unless told otherwise. */
  async person(nsp = "/", options: ClientOptions = {}): Promise<Socket> {
    const socket = this.socket(nsp, { transports: ["websocket"], ...options });
    await next(socket, "connect");
    return socket;
  }

  /** Who watches, and has heard what there is already. */
  async administrator(nsp = "/admin", options: ClientOptions = {}): Promise<Administrator> {
    const socket = this.socket(nsp, { transports: ["websocket"], ...options });
    const administrator = new Administrator(socket);
    await administrator.hears("config");
    return administrator;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect();
    const closed = next(this.#http, "close");
    this.io.close();
    this.#http.closeAllConnections();
    await closed;
  }
}

/** Keeps what the server tells an administrator. */
export class Administrator {
  readonly socket: Socket;
  readonly #heard: { readonly event: string; readonly args: readonly unknown[] }[] = [];
  #onHeard: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((event: string, ...args: unknown[]) => {
      this.#heard.push({ event, args });
      this.#onHeard();
    });
  }

  /** Resolves with the arguments of the first such event that fits, one that came before included. */
  hears(event: string, fits: (...args: never[]) => boolean = () => true): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      this.#onHeard = () => {
        const found = this.#heard.find((one) => one.event === event && fits(...(one.args as never[])));
        if (found !== undefined) resolve(found.args);
      };
      this.#onHeard();
    });
  }

  /** Names of the events so far. */
  get events(): readonly string[] {
    return this.#heard.map(({ event }) => event);
  }

  order(command: string, ...args: unknown[]): void {
    this.socket.emit(command, ...args);
  }
}

/** Resolves when the server has done what `socket` asked before. */
export const settled = (socket: Socket): Promise<unknown> => request(socket, "echo");
