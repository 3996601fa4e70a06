/** Who gets into which namespace, and what both sides hear of it. */
import type { Group, Script, Way } from "../step.ts";
import { echo, everyWay, join, open, say, script } from "../steps.ts";

const NAMESPACES = [
  "/known",
  "/unknown",
  "/late",
  "/refused",
  "/refused-data",
  "/refused-late",
  "/dynamic-1",
  "/dynamic-x",
  "/asked",
  "/asked-no",
  "/asked-late",
  "/asked-error",
  "/__proto__",
  "/constructor",
  "/KNOWN",
  "/known/",
  "//",
  "/kn%6Fwn",
  "/with blank",
  "/é",
];

const AUTHS = [
  "{}",
  '{"token":"x"}',
  '{"__proto__":{"a":1},"constructor":2}',
  '{"nested":{"deep":[1,{"b":null}]}}',
  "[]",
  "null",
  '"text"',
  "1",
  "true",
  '{"token":',
];

const connections = (way: Way): readonly Script[] => [
  ...NAMESPACES.flatMap((name) => [
    script(
      `CONNECT to ${name} behind one to /`,
      join(way),
      say(`0${name},`),
      say(`2${name},1["echo",1]`),
      echo(),
    ),
    script(`CONNECT to ${name} alone`, open(way), say(`0${name},`), say(`2${name},1["echo",1]`)),
  ]),
  ...AUTHS.flatMap((auth) => [
    script(`CONNECT to / with ${auth}`, open(way), say(`0${auth}`), echo()),
    script(`CONNECT to /known with ${auth}`, join(way), say(`0/known,${auth}`), echo()),
  ]),
  ...[
    "/known?token=x",
    "/known?token=x&a=1&a=2",
    "/known?",
    "/known?__proto__=1",
    "/refused?a=1",
    "/?a=1",
  ].map((name) =>
    script(
      `CONNECT to ${name}`,
      join(way),
      say(`0${name},`),
      say('2/known,1["echo",1]'),
      say("1/known,"),
      echo(),
    ),
  ),
  script("CONNECT without its comma", join(way), say("0/known"), say('2/known,1["echo",1]'), echo()),
  script("CONNECT to / by name", open(way), say("0/,"), echo()),
  script("a second CONNECT to /", join(way), say("0"), echo()),
  script("two CONNECTs to / at once", open(way), say("0", "0"), echo()),
  script("a second CONNECT to /known", join(way), say("0/known,"), say("0/known,"), echo()),
  script("a second CONNECT to /late at once", join(way), say("0/late,", "0/late,"), echo()),
  script("a second CONNECT to /refused at once", join(way), say("0/refused,", "0/refused,"), echo()),
  script("CONNECT to /refused again and again", join(way), say("0/refused,"), say("0/refused,"), echo()),
  script("CONNECT to all at once", join(way), say("0/known,", "0/late,", "0/unknown,", "0/refused,"), echo()),
  script("CONNECT to the same dynamic namespace twice", join(way), say("0/dynamic-1,"), say("0/dynamic-1,")),
  script("CONNECT and an event at once", join(way), say("0/known,", '2/known,1["echo",1]'), echo()),
  script("CONNECT and an event at once, late", join(way), say("0/late,", '2/late,1["echo",1]'), echo()),
  script("CONNECT and DISCONNECT at once", join(way), say("0/known,", "1/known,"), echo()),
  script("CONNECT and DISCONNECT at once, late", join(way), say("0/late,", "1/late,"), echo()),
  script(
    "CONNECT, DISCONNECT, CONNECT",
    join(way),
    say("0/known,"),
    say("1/known,"),
    say("0/known,"),
    echo(),
  ),
  script(
    "CONNECT, DISCONNECT, CONNECT at once",
    join(way),
    say("0/known,", "1/known,", "0/known,"),
    say('2/known,1["echo",1]'),
    echo(),
  ),
  script("an event before any CONNECT", open(way), say('2["x"]')),
  script("DISCONNECT before any CONNECT", open(way), say("1")),
  script("an ACK before any CONNECT", open(way), say("30[]")),
  script("DISCONNECT from /, then CONNECT to it", join(way), say("1"), say("0"), echo()),
  script(
    "DISCONNECT from / and stay in /known",
    join(way),
    say("0/known,"),
    say("1"),
    say('2/known,1["echo",1]'),
  ),
];

export const CONNECTIONS: readonly Group[] = [{ title: "connections", scripts: everyWay(connections) }];
