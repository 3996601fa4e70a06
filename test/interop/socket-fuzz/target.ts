/** The server that is fuzzed: it does a little of everything that clients can cause. */
import { createServer } from "node:http";
import { Server, type ServerOptions, type Socket } from "@towline/socket.io";
import { listen } from "../listen.ts";

/** Short, so that sessions which were only begun are soon over. */
const PING_MS = 400;
/** Many times what sessions take to end. */
const QUIET_WITHIN_MS = 10_000;

type Answer = (...args: unknown[]) => void;

export class Target {
  readonly io: Server;
  port = 0;
  /** Errors of handlers that were told. */
  failures = 0;
  /** Sockets that came back. */
  recoveries = 0;
  readonly #http = createServer();

  static async start(options: Partial<ServerOptions> = {}): Promise<Target> {
    const target = new Target(options);
    target.port = await listen(target.#http);
    return target;
  }

  private constructor(options: Partial<ServerOptions>) {
    this.io = new Server(this.#http, {
      serveClient: false,
      pingInterval: PING_MS,
      pingTimeout: PING_MS,
      connectTimeout: PING_MS,
      maxHttpBufferSize: 10_000,
      cleanupEmptyChildNamespaces: true,
      ...options,
    });
    this.io.on("handler_error", () => this.failures++);
    this.#serve(this.io.of("/"));
    this.#serve(this.io.of("/known"));
    this.#serve(this.io.of(/^\/child-\d$/));
    this.#serve(this.io.of("/late").use((_socket, next) => void setImmediate(next)));
    this.io.of("/guarded").use((_socket, next) => next(new Error("no entry")));
  }

  /** Sockets of all namespaces, rooms, and namespaces: what connections leave behind if anything. */
  counts(): readonly number[] {
    const namespaces = [...this.io._nsps.values()];
    const sum = (of: (namespace: (typeof namespaces)[number]) => number): number =>
      namespaces.reduce((total, namespace) => total + of(namespace), 0);
    return [
      this.io.engine.clientsCount,
      namespaces.length,
      sum(({ sockets }) => sockets.size),
      sum(({ adapter }) => adapter.rooms.size),
      sum(({ adapter }) => adapter.sids.size),
    ];
  }

  /** Resolves once it has come back to `counts`, and with what it has if it does not. */
  async quiet(counts: readonly number[]): Promise<readonly number[]> {
    const deadline = Date.now() + QUIET_WITHIN_MS;
    while (Date.now() < deadline && String(this.counts()) !== String(counts))
      await new Promise((resolve) => setTimeout(resolve, 20));
    return this.counts();
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      void this.io.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  #serve(namespace: ReturnType<Server["of"]>): void {
    namespace.on("connection", (socket: Socket) => {
      if (socket.recovered) this.recoveries++;
      socket.on("echo", (...args: unknown[]) => {
        const answer = args.at(-1);
        if (typeof answer === "function") answer(...args.slice(0, -1));
        else socket.emit("echo", ...args);
      });
      socket.on("shout", (...args: unknown[]) => void namespace.emit("shouted", args.length));
      socket.on("enter", (room: string) => void socket.join(room));
      socket.on("leave", (room: string) => void socket.leave(room));
      socket.on("tell", (room: string) => void socket.to(room).emit("told"));
      socket.on("ask", () => void socket.emit("question", (_answer: unknown) => {}));
      socket.on("fail", (_answer: Answer) => {
        throw new Error("of the application");
      });
      socket.on("fail later", async () => {
        throw new Error("of the application, later");
      });
      socket.on("go", () => void socket.disconnect());
      socket.on("go away", () => void socket.disconnect(true));
    });
  }
}
