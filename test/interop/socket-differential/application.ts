/** The application on either server. It keeps what it hears as lines. */
import type { EventEmitter } from "node:events";
import { show } from "./show.ts";

type Next = (error?: Error) => void;
type Answer = (...args: unknown[]) => void;

/** The members that the scripts need of a server's socket. */
export interface ServerSocket extends EventEmitter {
  readonly id: string;
  readonly handshake: { readonly auth: unknown; readonly query: Readonly<Record<string, unknown>> };
  readonly broadcast: Target;
  readonly volatile: ServerSocket;
  readonly recovered: boolean;
  data: unknown;
  use(middleware: (event: unknown[], next: Next) => void): unknown;
  onAny(listener: (...event: unknown[]) => void): unknown;
  join(room: string): unknown;
  leave(room: string): unknown;
  to(room: string): Target;
  timeout(ms: number): { emit(event: string, ...args: unknown[]): unknown };
  disconnect(close?: boolean): unknown;
}

export interface Target {
  to(room: string): Target;
  except(room: string): Target;
  timeout(ms: number): Target;
  readonly volatile: Target;
  emit(event: string, ...args: unknown[]): unknown;
  disconnectSockets(close?: boolean): unknown;
}

export interface ServerNamespace extends Target {
  readonly name: string;
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  use(middleware: (socket: ServerSocket, next: Next) => void): unknown;
}

export type NamespaceFinder = (
  name: string,
  auth: unknown,
  next: (error: Error | null, isThere: boolean) => void,
) => void;

export interface IoServer extends Target {
  of(name: string | RegExp | NamespaceFinder): ServerNamespace;
  on(event: string, listener: (...args: never[]) => void): unknown;
  close(callback?: () => void): unknown;
}

const REFUSAL = Object.assign(new Error("not you"), { data: { code: 7 } });

/** Besides "/": each lets everybody in, or nobody, at once or later. */
const MIDDLEWARES: Readonly<Record<string, (next: Next) => void>> = {
  "/known": (next) => next(),
  "/late": (next) => setImmediate(next),
  "/refused": (next) => next(new Error("no entry")),
  "/refused-data": (next) => next(REFUSAL),
  "/refused-late": (next) => setImmediate(next, new Error("no entry")),
};

/** Of the engine's own making. */
const ENGINE_KEYS = new Set(["EIO", "transport", "t", "b64", "sid"]);

export class Application {
  readonly io: IoServer;
  readonly lines: string[] = [];
  /** In the order of their connection. */
  readonly sockets: { readonly nsp: string; readonly socket: ServerSocket }[] = [];
  wake: () => void = () => {};

  constructor(io: IoServer) {
    this.io = io;
    this.#watch(io.of("/"));
    for (const [name, middleware] of Object.entries(MIDDLEWARES))
      this.#watch(io.of(name).use((_socket, next) => middleware(next)) as ServerNamespace);
    this.#watch(io.of(/^\/dynamic-\d+$/));
    this.#watch(io.of((name, auth, next) => this.#find(name, auth, next)));
  }

  note(line: string): void {
    this.lines.push(line);
    this.wake();
  }

  /** The n-th socket of a namespace. */
  socket(nsp = "/", index = 0): ServerSocket {
    const found = this.sockets.filter((one) => one.nsp === nsp)[index];
    if (found === undefined) throw new Error(`No socket ${index} in ${nsp}`);
    return found.socket;
  }

  #find(name: string, auth: unknown, next: (error: Error | null, isThere: boolean) => void): void {
    if (!name.startsWith("/asked")) next(null, false);
    else {
      this.note(`asked for ${name} with ${show(auth)}`);
      const error = name === "/asked-error" ? new Error("cannot tell") : null;
      if (name === "/asked-late") setImmediate(next, null, true);
      else next(error, name !== "/asked-no");
    }
  }

  #watch(namespace: ServerNamespace): void {
    namespace.on("connection", (socket) => this.#onConnection(socket));
  }

  #onConnection(socket: ServerSocket): void {
    const { name: nsp } = (socket as unknown as { nsp: { name: string } }).nsp;
    this.sockets.push({ nsp, socket });
    const note = (line: string): void => this.note(`${nsp} ${line}`);
    const { auth, query } = socket.handshake;
    const keys = Object.keys(query).filter((key) => !ENGINE_KEYS.has(key));
    note(`connection ${show(auth)} ${show(Object.fromEntries(keys.map((key) => [key, query[key]])))}`);
    socket.onAny((...event) => note(`event ${show(event)}`));
    socket.on("error", (error: unknown) => note(`error ${show(error)}`));
    socket.on("disconnecting", (reason: string) => note(`disconnecting ${show(reason)}`));
    socket.on("disconnect", (reason: string) => note(`disconnect ${show(reason)}`));
    socket.on("echo", (...args: unknown[]) => {
      const answer = args.at(-1);
      if (typeof answer === "function") answer(...args.slice(0, -1));
      else socket.emit("echo", ...args);
    });
    socket.on("answer twice", (answer: Answer) => {
      answer("first");
      answer("second");
    });
    socket.on("leave me", () => socket.disconnect());
    socket.on("close me", () => socket.disconnect(true));
  }
}
