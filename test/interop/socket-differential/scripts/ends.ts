/** The end of a socket or of its connection, by either side. */
import type { Group, Script, Step, Way } from "../step.ts";
import {
  bytes,
  echo,
  everyWay,
  hear,
  join,
  leave,
  open,
  placeholder,
  say,
  script,
  server,
} from "../steps.ts";

const both = (way: Way): readonly Step[] => [...join(way), say("0/known,")];

const ends = (way: Way): readonly Script[] => [
  script("the client leaves /", both(way), say("1"), say('2/known,1["echo",1]')),
  script("the client leaves /known", both(way), say("1/known,"), echo()),
  script("the client leaves both", both(way), say("1", "1/known,")),
  script("the client leaves /known without its comma", both(way), say("1/known"), echo()),
  script("the client leaves twice", both(way), say("1/known,"), say("1/known,"), echo()),
  script(
    "the client speaks where it has left",
    both(way),
    say("1/known,"),
    say('2/known,1["echo",1]'),
    echo(),
  ),
  script("the client answers where it has left", both(way), say("1/known,"), say("3/known,0[1]"), echo()),
  script(
    "the client sends bytes where it has left",
    both(way),
    say("1/known,"),
    say(`51-/known,["x",${placeholder(0)}]`, bytes(1)),
    echo(),
  ),
  script(
    "the client leaves and comes back",
    both(way),
    say("1/known,"),
    say("0/known,"),
    say('2/known,1["echo",1]'),
  ),
  script("the client ends the connection", both(way), leave("close"), hear("/known disconnect ", "server")),
  script("the client is cut off", both(way), leave("cut")),
  script(
    "the server ends a socket",
    both(way),
    server((app) => app.socket("/known").disconnect()),
    echo(),
  ),
  script(
    "the server ends the socket of /",
    both(way),
    server((app) => app.socket().disconnect()),
    say('2/known,1["echo",1]'),
  ),
  script(
    "the server ends the connection",
    both(way),
    server((app) => app.socket("/known").disconnect(true)),
  ),
  script(
    "the server ends a socket twice",
    both(way),
    server((app) => [app.socket().disconnect(), app.socket().disconnect()]),
  ),
  script(
    "the server says something, then ends the connection",
    both(way),
    server((app) => [app.socket().emit("x", 1), app.socket().disconnect(true)]),
  ),
  script(
    "the server says something to a socket that it has ended",
    both(way),
    server((app) => [app.socket().disconnect(), app.socket().emit("x", 1)]),
    echo(),
  ),
  script(
    "the client speaks where the server has ended it",
    both(way),
    server((app) => app.socket("/known").disconnect()),
    say('2/known,1["echo",1]'),
    echo(),
  ),
  script(
    "the client comes back where the server has ended it",
    both(way),
    server((app) => app.socket("/known").disconnect()),
    say("0/known,"),
    say('2/known,1["echo",1]'),
  ),
  script("the client asks to be left", both(way), say('2["leave me"]', '2["echo",1]'), echo()),
  script("the client asks to be closed", both(way), say('2["close me"]', '2["echo",1]'), echo()),
  script(
    "the server shuts down",
    both(way),
    server((app) => void app.io.close()),
  ),
  script(
    "the server shuts down with somebody who has not joined",
    open(way),
    server((app) => void app.io.close()),
  ),
  script(
    "the server ends all of a namespace",
    both(way),
    server((app) => app.io.of("/known").disconnectSockets()),
    echo(),
  ),
  script(
    "the server ends all connections of a namespace",
    both(way),
    server((app) => app.io.of("/known").disconnectSockets(true)),
  ),
];

/** Long beside what a CONNECT takes. */
const WAIT_MS = 400;

const timeouts = (way: Way): readonly Script[] => [
  script("a client that says nothing", open(way), hear(way.revision === 5 ? "closed" : "0")),
  script("a client that is refused", open(way), say("0/refused,"), hear(way.revision === 5 ? "closed" : "4")),
  script("a client that joins another namespace", open(way), say("0/known,"), hear("0/known")),
];

/** In every namespace a middleware that ends the socket it was asked about. */
const endings = (way: Way): readonly Script[] => [
  script("a middleware ends the socket and lets it in", open(way), say("0/leave-pass,"), say("0"), echo()),
  script(
    "a middleware ends the socket and keeps it out",
    open(way),
    say("0/leave-refuse,"),
    say("0"),
    echo(),
  ),
  script("a middleware ends the connection and lets it in", open(way), say("0/close-pass,")),
  script("a middleware ends the connection and keeps it out", open(way), say("0/close-refuse,")),
  script("a middleware lets in twice", open(way), say("0/pass-pass,"), say('2/pass-pass,1["echo",1]')),
  script("a middleware refuses twice", open(way), say("0/refuse-refuse,"), say("0"), echo()),
  script("a middleware refuses, then lets in", open(way), say("0/refuse-pass,"), say("0"), echo()),
  script(
    "the client leaves while a middleware waits",
    open(way),
    say("0/late,", "1/late,"),
    say("0"),
    echo(),
  ),
  script("the client is cut off while a middleware waits", open(way), say("0/late,"), leave("cut")),
];

export const ENDS: readonly Group[] = [
  { title: "ends", scripts: everyWay(ends) },
  { title: "the time to connect", options: { connectTimeout: WAIT_MS }, scripts: everyWay(timeouts) },
  {
    title: "middlewares that end what they look at",
    prepare: ({ io }) => {
      for (const how of ["leave", "close", "pass", "refuse"])
        for (const then of ["pass", "refuse"])
          io.of(`/${how}-${then}`).use((socket, next) => {
            const refuse = () => next(new Error("no entry"));
            if (how === "leave") socket.disconnect();
            else if (how === "close") socket.disconnect(true);
            else if (how === "pass") next();
            else refuse();
            if (then === "pass") next();
            else refuse();
          });
    },
    scripts: everyWay(endings),
  },
];
