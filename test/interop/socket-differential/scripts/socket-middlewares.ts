/** Middlewares of sockets, which look at each event. */
import type { Group, Script, Way } from "../step.ts";
import { bytes, echo, everyWay, join, placeholder, say, script } from "../steps.ts";

const events = (way: Way): readonly Script[] => [
  script("events pass one after the other", join(way), say('2["first"]', '27["echo",1]', '2["last"]')),
  script("an event is kept", join(way), say('2["forbidden"]', '27["forbidden"]'), echo()),
  script("an event is changed", join(way), say('27["change",1]')),
  script("an event waits", join(way), say('21["wait",1]', '22["echo",2]'), echo()),
  script("an event passes twice", join(way), say('27["twice",1]'), echo()),
  script(
    "an event with bytes is kept",
    join(way),
    say(`51-7["forbidden",${placeholder(0)}]`, bytes(1)),
    echo(),
  ),
  script("an event is kept with data", join(way), say('2["forbidden with data"]'), echo()),
  script("the socket is ended by its middleware", join(way), say('2["end"]', '2["echo"]')),
];

export const SOCKET_MIDDLEWARES: readonly Group[] = [
  {
    title: "middlewares of sockets",
    prepare: (application) => {
      application.io.of("/").on("connection", (socket) => {
        socket.use((event, next) => {
          const [name] = event;
          if (name === "forbidden") next(new Error("forbidden"));
          else if (name === "forbidden with data") next(Object.assign(new Error("no"), { data: 1 }));
          else if (name === "wait") setImmediate(next);
          else {
            if (name === "change") event.splice(0, 2, "echo", "changed");
            if (name === "twice") next();
            if (name === "end") socket.disconnect();
            next();
          }
        });
        socket.use((event, next) => {
          application.note(`looks at ${JSON.stringify(event[0])}`);
          next();
        });
      });
    },
    scripts: everyWay(events),
  },
];
