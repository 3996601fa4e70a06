/** What a server says to many. */
import type { Application } from "../application.ts";
import { show } from "../show.ts";
import type { Group, Script, Step, Way } from "../step.ts";
import { bytes, everyWay, hear, join, leave, placeholder, say, sayOn, script, server } from "../steps.ts";

/** Three clients: "a" and "b" in the room "r", "b" and "c" in the room "s". */
const rooms = (way: Way): readonly Step[] => [
  ...join(way, "a"),
  ...join(way, "b"),
  ...join(way, "c"),
  server((application) => {
    const rooms = [["r"], ["r", "s"], ["s"]];
    rooms.forEach((names, index) => {
      for (const name of names) application.socket("/", index).join(name);
    });
  }),
];

const SAID: Readonly<Record<string, (application: Application) => unknown>> = {
  "to all": ({ io }) => io.emit("x", 1),
  "to all but one": (application) => application.socket().broadcast.emit("x", 1),
  "to a room": ({ io }) => io.to("r").emit("x", 1),
  "to a room, by one in it": (application) => application.socket().to("r").emit("x", 1),
  "to two rooms": ({ io }) => io.to("r").to("s").emit("x", 1),
  "to all but a room": ({ io }) => io.except("r").emit("x", 1),
  "to a room but another": ({ io }) => io.to("r").except("s").emit("x", 1),
  "to a room that is empty": ({ io }) => io.to("nobody").emit("x", 1),
  "to one by its id": (application) => application.io.to(application.socket("/", 1).id).emit("x", 1),
  "volatile, to all": ({ io }) => io.volatile.emit("x", 1),
  "volatile, to one": (application) => application.socket().volatile.emit("x", 1),
  "volatile, ten at once": (application) => {
    for (let index = 0; index < 10; index++) application.socket().volatile.emit("x", index);
  },
  "volatile behind what is not": (application) => [
    application.socket().emit("x", 1),
    application.socket().volatile.emit("x", 2),
    application.socket().emit("x", 3),
  ],
  "volatile, to all, behind what is not": ({ io }) => [io.emit("x", 1), io.volatile.emit("x", 2)],
  "bytes to all": ({ io }) => io.emit("x", bytes(1, 2), { a: bytes(3) }),
  "bytes to a room": ({ io }) => io.to("r").emit("x", bytes(1, 2)),
  "in another namespace": ({ io }) => io.of("/known").emit("x", 1),
  "two things": ({ io }) => [io.emit("x", 1), io.to("r").emit("y", bytes(1)), io.emit("z")],
  "a disconnect to all": ({ io }) => io.disconnectSockets(),
  "a disconnect to a room": ({ io }) => io.to("r").disconnectSockets(),
  "the end of the connection to a room": ({ io }) => io.to("r").disconnectSockets(true),
  "to all as one leaves": (application) => [application.socket().disconnect(), application.io.emit("x", 1)],
  "to a room that one has left": (application) => [
    application.socket("/", 1).leave("r"),
    application.io.to("r").emit("x", 1),
  ],
};

/** Long beside what an answer takes. */
const IN_VAIN_MS = 400;

const askAll =
  (ms: number, ...args: readonly unknown[]) =>
  (application: Application): void => {
    application.io.timeout(ms).emit("question", ...args, (error: unknown, answers: unknown) => {
      application.note(`answered ${show([error, answers])}`);
    });
  };

const broadcasts = (way: Way): readonly Script[] => [
  ...Object.entries(SAID).map(([title, act]) => script(title, rooms(way), server(act))),
  script(
    "a question to all, answered by all",
    rooms(way),
    server(askAll(5_000)),
    sayOn("b", "30[2]"),
    sayOn("a", "30[1]"),
    sayOn("c", "30[3]"),
    hear("answered", "server"),
  ),
  script(
    "a question to all, answered by some",
    rooms(way),
    server(askAll(IN_VAIN_MS)),
    sayOn("b", "30[2]"),
    sayOn("a", "30[1]"),
    hear("answered", "server"),
  ),
  script(
    "a question to all, answered by one twice",
    rooms(way),
    server(askAll(IN_VAIN_MS)),
    sayOn("b", "30[2]", "30[3]", "30[4]"),
    hear("answered", "server"),
  ),
  script(
    "a question to all with bytes, answered with bytes",
    rooms(way),
    server(askAll(5_000, bytes(9))),
    ...["a", "b", "c"].map((on) => sayOn(on, `61-0[${placeholder(0)}]`, bytes(1))),
    hear("answered", "server"),
  ),
  script("a question to nobody", server(askAll(5_000)), hear("answered", "server")),
  script(
    "a question to all, of whom one leaves",
    rooms(way),
    server(askAll(IN_VAIN_MS)),
    sayOn("b", "30[2]"),
    sayOn("c", "30[3]"),
    leave("cut", "a"),
    hear("answered", "server"),
  ),
  script("to all while one has joined only another namespace", [
    ...join(way),
    ...join(way, "b"),
    say("0/known,", "1"),
    server(({ io }) => io.emit("x", 1)),
    server(({ io }) => io.of("/known").emit("y", 1)),
  ]),
];

export const BROADCASTS: readonly Group[] = [{ title: "broadcasts", scripts: everyWay(broadcasts) }];
