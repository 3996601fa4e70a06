/** Namespaces that are made when somebody joins them, and may go when the last has left. */
import type { Application } from "../application.ts";
import { show } from "../show.ts";
import type { Group, Script, Way } from "../step.ts";
import { echo, everyWay, join, leave, open, say, sayOn, script, server } from "../steps.ts";

const ROOM = /^\/room-\w+$/;

const prepare = (application: Application): void => {
  const { io } = application;
  io.on("new_namespace", (namespace: { name: string }) => application.note(`new ${namespace.name}`));
  const parent = io.of(ROOM);
  parent.use((socket, next) => {
    const { name } = (socket as unknown as { nsp: { name: string } }).nsp;
    next(name === "/room-closed" ? new Error("closed") : undefined);
  });
  parent.on("connection", (socket) => {
    application.sockets.push({ nsp: "/room", socket });
    application.note(`room connection ${show(socket.handshake.auth)}`);
    socket.on("echo", (...args: unknown[]) => (args.at(-1) as (answer: unknown) => void)(args[0]));
  });
};

const rooms = (way: Way): readonly Script[] => [
  script("one joins", join(way), say("0/room-1,"), say('2/room-1,1["echo",1]'), echo()),
  script("one joins two", join(way), say("0/room-1,"), say("0/room-2,"), say('2/room-2,1["echo",1]')),
  script(
    "two join one",
    join(way),
    join(way, "b"),
    say("0/room-1,"),
    sayOn("b", "0/room-1,"),
    server(({ io }) => io.of("/room-1").emit("x")),
  ),
  script(
    "one joins, leaves and joins",
    join(way),
    say("0/room-1,"),
    say("1/room-1,"),
    say("0/room-1,"),
    echo(),
  ),
  script("one is kept out", join(way), say("0/room-closed,"), say("0/room-closed,"), echo()),
  script("one joins what does not match", join(way), say("0/room-1/more,"), say("0/room,"), echo()),
  script(
    "all of them are told",
    join(way),
    say("0/room-1,"),
    say("0/room-2,"),
    server(({ io }) => io.of(ROOM).emit("x", 1)),
  ),
  script(
    "one that was made is told when it is empty",
    join(way),
    say("0/room-1,"),
    leave("cut"),
    join(way, "b"),
    server(({ io }) => io.of("/room-1").emit("x", 1)),
    sayOn("b", "0/room-1,"),
  ),
  script(
    "the server ends them",
    join(way),
    say("0/room-1,"),
    server((application) => application.socket("/room").disconnect()),
    say("0/room-1,"),
    echo(),
  ),
  script("one joins without being in /", open(way), say('0/room-1,{"a":1}'), say('2/room-1,1["echo",1]')),
];

export const DYNAMIC_NAMESPACES: readonly Group[] = [
  { title: "dynamic namespaces", prepare, scripts: everyWay(rooms) },
  {
    title: "dynamic namespaces that are cleaned up",
    options: { cleanupEmptyChildNamespaces: true },
    prepare,
    scripts: everyWay(rooms),
  },
];
