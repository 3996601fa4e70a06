/** Clients that come back and claim what they were: only revision 5 has it. */
import type { Application } from "../application.ts";
import type { Group, Script, Step, Way } from "../step.ts";
import { hear, join, leave, open, sayOn, script, server } from "../steps.ts";

const emit =
  (...args: readonly unknown[]) =>
  ({ io }: Application): unknown =>
    io.emit("x", ...args);

const noteState = (application: Application): void => {
  const { socket } = application.sockets.at(-1) ?? {};
  application.note(`recovered ${socket?.recovered} ${JSON.stringify(socket?.data)}`);
};

/** A client with data that is in the room "r", has heard one event, and is cut off; then another goes out. */
const cutOff = (way: Way): readonly Step[] => [
  ...join(way),
  server((application) => {
    const socket = application.socket();
    socket.data = { name: "a" };
    socket.join("r");
  }),
  server(emit(1)),
  leave("cut"),
  hear("/ disconnect ", "server"),
];

const recoveries = (way: Way): readonly Script[] => [
  script("a client hears its offset in each event", join(way), server(emit(1)), server(emit({ a: 1 }))),
  script(
    "a client comes back",
    cutOff(way),
    server(emit(2)),
    server(({ io }) => io.to("r").emit("y")),
    server(({ io }) => io.to("other").emit("z")),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
    server(({ io }) => io.to("r").emit("y", "again")),
  ),
  script(
    "a client comes back with an offset that is unknown",
    cutOff(way),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"nothing"}'),
    server(noteState),
  ),
  ...['"forged"', "1", "null", "{}", "[]", "true", '"__proto__"', '""'].map((pid) =>
    script(
      `a client comes back with the pid ${pid}`,
      cutOff(way),
      open(way, "b"),
      sayOn("b", `0{"pid":${pid},"offset":"{offset 1}"}`),
      server(noteState),
    ),
  ),
  ...["1", "null", "{}", "[]", "true", '"__proto__"', '""'].map((offset) =>
    script(
      `a client comes back with the offset ${offset}`,
      cutOff(way),
      open(way, "b"),
      sayOn("b", `0{"pid":"{id 2}","offset":${offset}}`),
      server(noteState),
    ),
  ),
  script(
    "a client comes back with the pid of another",
    join(way, "c"),
    server(emit(0)),
    leave("cut", "c"),
    hear("/ disconnect ", "server"),
    join(way),
    server(emit(1)),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
  ),
  script(
    "a client comes back after it has left",
    join(way),
    server(emit(1)),
    sayOn("a", "1"),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
  ),
  script(
    "a client comes back after the server has ended it",
    join(way),
    server(emit(1)),
    server((application) => application.socket().disconnect()),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
  ),
  script(
    "a client comes back twice",
    cutOff(way),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
    open(way, "c"),
    sayOn("c", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
    server(emit("to all")),
  ),
  script(
    "a client comes back that has heard nothing",
    join(way),
    leave("cut"),
    hear("/ disconnect ", "server"),
    server(emit(1)),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}"}'),
    server(noteState),
  ),
  script(
    "a client comes back while it is there",
    join(way),
    server(emit(1)),
    open(way, "b"),
    sayOn("b", '0{"pid":"{id 2}","offset":"{offset 1}"}'),
    server(noteState),
    server(emit(2)),
  ),
];

export const RECOVERIES: readonly Group[] = [
  {
    title: "recoveries",
    options: { connectionStateRecovery: {} },
    scripts: recoveries({ revision: 5, transport: "websocket" }),
  },
];
