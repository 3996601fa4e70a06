/** Events and acknowledgements, asked for by either side. */
import type { Application } from "../application.ts";
import { show } from "../show.ts";
import type { Group, Script, Way } from "../step.ts";
import { bytes, echo, everyWay, hear, join, placeholder, say, sayOn, script, server } from "../steps.ts";

const ARGUMENTS = [
  "",
  ",1",
  ',"é€😀"',
  ",null,true,false,[],{}",
  ',{"a":{"b":[1,2,{"c":null}]}}',
  ",1e400",
  ",-0",
  ',"\\u0000"',
  ',"\\ud800"',
  ',{"__proto__":{"a":1}}',
  `,"${"a".repeat(5_000)}"`,
];

const IDS = ["0", "1", "00012", "999999999", "9007199254740991"];

/** Has the socket ask its client, and note what comes back. */
const ask =
  (nsp = "/", ...args: readonly unknown[]) =>
  (application: Application): void => {
    application.socket(nsp).emit("question", ...args, (...answer: unknown[]) => {
      application.note(`${nsp} answered ${show(answer)}`);
    });
  };

const askInTime =
  (ms: number) =>
  (application: Application): void => {
    application
      .socket()
      .timeout(ms)
      .emit("question", (...answer: unknown[]) => {
        application.note(`answered ${show(answer)}`);
      });
  };

const events = (way: Way): readonly Script[] => [
  ...ARGUMENTS.flatMap((args) => {
    const title = args.slice(0, 30);
    return [
      script(`an event with the arguments ${title}`, join(way), say(`2["echo"${args}]`)),
      script(`an event to be acknowledged with ${title}`, join(way), say(`25["echo"${args}]`)),
    ];
  }),
  ...IDS.map((id) => script(`an event of id ${id}`, join(way), say(`2${id}["echo",1]`), echo())),
  script("an event for which there is no listener", join(way), say('2["x"]', '23["y"]'), echo()),
  script("an event acknowledged twice", join(way), say('23["answer twice"]'), echo()),
  script("events of the same id", join(way), say('23["echo",1]', '23["echo",2]', '23["echo",3]')),
  script(
    "events in one namespace and another",
    join(way),
    say("0/known,"),
    say('2/known,1["echo",1]', '21["echo",2]'),
  ),
  script(
    "a hundred events at once",
    join(way),
    say(...Array.from({ length: 100 }, (_, index) => `2${index}["echo",${index}]`)),
  ),
];

const answers = (way: Way): readonly Script[] => [
  script("the client answers", join(way), server(ask()), say('30["yes",{"a":1}]')),
  script("the client answers with nothing", join(way), server(ask()), say("30[]")),
  script("the client answers twice", join(way), server(ask()), say("30[1]", "30[2]"), echo()),
  script(
    "the client answers the second question first",
    join(way),
    server(ask()),
    server(ask()),
    say("31[1]", "30[0]"),
  ),
  script(
    "the client answers what nobody asked",
    join(way),
    say("30[1]", "37[1]", "39007199254740991[1]"),
    echo(),
  ),
  script(
    "the client answers with bytes",
    join(way),
    server(ask()),
    say(`61-0[${placeholder(0)}]`, bytes(1, 2, 3)),
  ),
  script("the client answers without an id", join(way), server(ask()), say("3[1]"), echo()),
  script(
    "the client answers in another namespace",
    join(way),
    say("0/known,"),
    server(ask()),
    say("3/known,0[1]"),
    echo(),
  ),
  script(
    "questions in two namespaces",
    join(way),
    say("0/known,"),
    server(ask()),
    server(ask("/known")),
    say("3/known,0[2]", "30[1]"),
  ),
  script(
    "another client answers",
    join(way),
    join(way, "b"),
    server(ask()),
    sayOn("b", "30[1]"),
    echo(),
    echo("b"),
  ),
  script("the client answers after it has left", join(way), server(ask()), say("1", "30[1]")),
  script("the client answers in time", join(way), server(askInTime(5_000)), say("30[1]")),
  script(
    "the client answers too late",
    join(way),
    server(askInTime(10)),
    hear("answered", "server"),
    say("30[1]"),
    echo(),
  ),
  script("the server asks with bytes", join(way), server(ask("/", Buffer.from([1, 2]), "x")), say("30[1]")),
];

const SENT: Readonly<Record<string, readonly unknown[]>> = {
  nothing: [],
  "undefined and functions within": [undefined, { a: undefined, b: () => {} }],
  "values of every kind": [1, "é€😀", null, true, [1, [2]], { a: { b: 1 } }, Number.NaN, 1e300],
  "a date": [new Date(0)],
  "an object with toJSON": [{ toJSON: () => ({ a: 1 }) }],
  "a map and a set": [new Map([[1, 2]]), new Set([1])],
  "an error": [new Error("x")],
  "a buffer": [Buffer.from([1, 2, 3])],
  "an empty buffer": [Buffer.alloc(0)],
  "a Uint8Array": [new Uint8Array([1, 2, 3])],
  "a view": [new Uint8Array([0, 1, 2, 3, 0]).subarray(1, 4)],
  "an ArrayBuffer": [new Uint8Array([1, 2, 3]).buffer],
  "a Uint16Array": [new Uint16Array([1, 2])],
  "bytes within": [{ a: [Buffer.from([1]), { b: Buffer.from([2]) }], c: Buffer.from([3]) }],
  "the same bytes twice": (() => {
    const same = Buffer.from([1, 2]);
    return [same, same];
  })(),
  "twelve buffers": Array.from({ length: 12 }, (_, index) => Buffer.from([index])),
  "a placeholder of its own": [{ _placeholder: true, num: 0 }],
  "a placeholder of its own beside bytes": [{ _placeholder: true, num: 0 }, Buffer.from([1])],
  "bytes out of toJSON": [{ toJSON: () => ({ a: Buffer.from([1]) }) }],
};

const sent = (way: Way): readonly Script[] =>
  Object.entries(SENT).flatMap(([title, args]) => [
    script(
      `the server sends ${title}`,
      join(way),
      server((application) => application.socket().emit("x", ...args)),
    ),
    script(
      `the server broadcasts ${title}`,
      join(way),
      server(({ io }) => io.emit("x", ...args)),
    ),
  ]);

export const EVENTS: readonly Group[] = [
  { title: "events", scripts: everyWay(events) },
  { title: "acknowledgements by clients", scripts: everyWay(answers) },
  { title: "what the server sends", scripts: everyWay(sent) },
];
