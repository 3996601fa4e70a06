/** A main namespace that keeps clients out: in revision 4 they are put into it unasked. */
import type { Application } from "../application.ts";
import type { Group, Script, Way } from "../step.ts";
import { echo, everyWay, hear, open, say, script } from "../steps.ts";

const WAIT_MS = 400;

const refused = (way: Way): readonly Script[] => [
  script("the client is told", open(way), say("0"), echo()),
  script("the client joins another", open(way), say("0/known,"), say('2/known,1["echo",1]')),
  script("the client asks again", open(way), say("0"), say("0")),
  script("the client leaves it", open(way), say("1")),
];

/** The CONNECT that only clients of revision 5 have to send. */
const connect = ({ revision }: Way): readonly string[] => (revision === 5 ? ["0"] : []);

const late = (way: Way): readonly Script[] => [
  script("the client waits", open(way), say(...connect(way)), hear("0"), say('21["echo",1]')),
  script("the client speaks before", open(way), say(...connect(way), '21["echo",1]'), say('22["echo",2]')),
  script(
    "the client joins another meanwhile",
    open(way),
    say(...connect(way), "0/known,"),
    hear("0/known"),
    echo(),
  ),
];

/** Lets in who says so, or calls itself so. */
const asked = (way: Way): readonly Script[] => [
  script("a client that says who it is", open({ ...way, query: "&name=x" }), say('0{"name":"x"}'), echo()),
  script("a client that does not", open(way), say("0{}"), echo()),
];

const refuseWith =
  (error: Error) =>
  ({ io }: Application): void => {
    io.of("/").use((_socket, next) => next(error));
  };

export const MAIN_NAMESPACE: readonly Group[] = [
  {
    title: "a main namespace that refuses",
    prepare: refuseWith(new Error("no entry")),
    scripts: everyWay(refused),
  },
  {
    title: "a main namespace that refuses with data",
    prepare: refuseWith(Object.assign(new Error("no entry"), { data: { code: 7, list: [1] } })),
    scripts: everyWay(refused),
  },
  {
    title: "a main namespace that refuses, and time",
    options: { connectTimeout: WAIT_MS },
    prepare: refuseWith(new Error("no entry")),
    scripts: everyWay((way) => [
      script("the client is told", open(way), say("0"), hear(way.revision === 5 ? "closed" : "4")),
    ]),
  },
  {
    title: "a main namespace that takes its time",
    prepare: ({ io }) => {
      io.of("/").use((_socket, next) => void setImmediate(next));
    },
    scripts: everyWay(late),
  },
  {
    title: "a main namespace that asks for a name",
    prepare: ({ io }) => {
      io.of("/").use(({ handshake: { auth, query } }, next) => {
        const { name = query.name } = auth as { readonly name?: unknown };
        next(name === "x" ? undefined : new Error("who are you?"));
      });
    },
    scripts: everyWay(asked),
  },
];
