import type { Server, Socket } from "@towline/socket.io";
import type { RawClient } from "./raw-client.ts";

export type Failing = (...args: unknown[]) => never;

export interface Scene {
  readonly io: Server;
  readonly client: RawClient;
  readonly socket: Socket;
  /** A second client asks for `/`. */
  join(): Promise<RawClient>;
}

/** A place where an application hands in code, and how that comes to be called. */
export interface Place {
  readonly title: string;
  readonly event: string;
  /** What the context says that the code was called with. */
  readonly args: (socket: Socket) => readonly unknown[];
  readonly hasSocket: boolean;
  install(scene: Scene, failing: Failing): void;
  trigger(scene: Scene): void | Promise<unknown>;
}

const send =
  (...texts: string[]) =>
  ({ client }: Scene) =>
    client.send(...texts);

/** Every place that there is. */
export const PLACES: readonly Place[] = [
  {
    title: "a listener",
    event: "boom",
    args: () => [1, "two"],
    hasSocket: true,
    install: ({ socket }, failing) => socket.on("boom", failing),
    trigger: send('42["boom",1,"two"]'),
  },
  {
    title: "a listener for one event only",
    event: "boom",
    args: () => [],
    hasSocket: true,
    install: ({ socket }, failing) => socket.once("boom", failing),
    trigger: send('42["boom"]'),
  },
  {
    title: "a listener for an event with bytes",
    event: "boom",
    args: () => [Buffer.of(7)],
    hasSocket: true,
    install: ({ socket }, failing) => socket.on("boom", failing),
    trigger: ({ client }) => client.send('451-["boom",{"_placeholder":true,"num":0}]', Buffer.of(7)),
  },
  {
    title: "an onAny listener",
    event: "boom",
    args: () => [1],
    hasSocket: true,
    install: ({ socket }, failing) => socket.onAny(failing),
    trigger: send('42["boom",1]'),
  },
  {
    title: "an onAnyOutgoing listener",
    event: "outgoing",
    args: () => ["down", 1],
    hasSocket: true,
    install: ({ socket }, failing) => socket.onAnyOutgoing(failing),
    trigger: ({ socket }) => void socket.emit("down", 1),
  },
  {
    title: "an onAnyOutgoing listener at a broadcast",
    event: "outgoing",
    args: () => ["to all", 1],
    hasSocket: true,
    install: ({ socket }, failing) => socket.onAnyOutgoing(failing),
    trigger: ({ io }) => void io.emit("to all", 1),
  },
  {
    title: "a disconnecting listener",
    event: "disconnecting",
    args: () => ["client namespace disconnect", undefined],
    hasSocket: true,
    install: ({ socket }, failing) => socket.on("disconnecting", failing),
    trigger: send("41"),
  },
  {
    title: "a disconnect listener",
    event: "disconnect",
    args: () => ["client namespace disconnect", undefined],
    hasSocket: true,
    install: ({ socket }, failing) => socket.on("disconnect", failing),
    trigger: send("41"),
  },
  {
    title: "a callback for an answer",
    event: "ack",
    args: () => [],
    hasSocket: true,
    install: ({ socket }, failing) => void socket.emit("ask", failing),
    trigger: send("430[]"),
  },
  {
    title: "a callback told that there is no answer",
    event: "ack",
    args: () => [],
    hasSocket: true,
    install: ({ socket }, failing) => void socket.timeout(60_000).emit("ask", failing),
    trigger: send("41"),
  },
  {
    title: "a callback for the answers to a broadcast",
    event: "ack",
    args: () => ["x"],
    hasSocket: false,
    install: ({ io }, failing) => void io.timeout(60_000).emit("ask", "x", failing),
    trigger: send("430[]"),
  },
  {
    title: "a middleware for events",
    event: "middleware",
    args: () => [1],
    hasSocket: true,
    install: ({ socket }, failing) => socket.use(failing),
    trigger: send('42["boom",1]'),
  },
  {
    title: "a middleware for events, after next()",
    event: "middleware",
    args: () => [1],
    hasSocket: true,
    install: ({ socket }, failing) =>
      socket.use((_event, next) => {
        next();
        return failing();
      }),
    trigger: send('42["boom",1]'),
  },
  {
    title: "a middleware for sockets",
    event: "middleware",
    args: (socket) => [socket],
    hasSocket: true,
    install: ({ io }, failing) => io.use(failing),
    trigger: ({ join }) => join(),
  },
  {
    title: "a middleware for sockets, after next()",
    event: "middleware",
    args: (socket) => [socket],
    hasSocket: true,
    install: ({ io }, failing) =>
      io.use((_socket, next) => {
        next();
        return failing();
      }),
    trigger: ({ join }) => join(),
  },
  {
    title: "a connection listener",
    event: "connection",
    args: (socket) => [socket],
    hasSocket: true,
    install: ({ io }, failing) => io.on("connection", failing),
    trigger: ({ join }) => join(),
  },
  {
    title: "a connect listener",
    event: "connect",
    args: (socket) => [socket],
    hasSocket: true,
    install: ({ io }, failing) => io.on("connect", failing),
    trigger: ({ join }) => join(),
  },
  {
    title: "a function that names namespaces",
    event: "namespace",
    args: () => [],
    hasSocket: false,
    install: ({ io }, failing) => io.of(failing),
    trigger: send("40/somewhere,"),
  },
  {
    title: "a listener for an event of another server",
    event: "ping",
    args: () => [1],
    hasSocket: false,
    install: ({ io }, failing) => io.on("ping", failing),
    trigger: ({ io }) => io.sockets._onServerSideEmit(["ping", 1]),
  },
  {
    title: "a new_namespace listener",
    event: "new_namespace",
    args: () => [],
    hasSocket: false,
    install: ({ io }, failing) => io.on("new_namespace", failing),
    trigger: ({ io }) => void io.of("/another"),
  },
];
