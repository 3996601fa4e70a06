/** Wanted differences: Who gets in where. */

import type { Row } from "../wanted.ts";
import { AT_ONCE, CONNECT_ID, EARLY, QUERY, REFUSED, TEXT, TWICE, URL } from "./reasons.ts";
import { letBe, taken } from "./shapes.ts";

const ROWS: readonly Omit<Row, "group">[] = [
  {
    titles: ["CONNECT to all at once, revision 5"],
    because: AT_ONCE,
    reference: ['a: 4/unknown,{"message":"Invalid namespace"}'],
    ours: ['a: 4/unknown,{"message":"Invalid namespace"}'],
  },
  {
    titles: ["CONNECT and an event at once, revision 5"],
    because: AT_ONCE,
    ...letBe(
      ["/"],
      'a: 0/known,{"sid":"<id 2>"}',
      "a: 3/known,1[1]",
      "server: /known connection {} {}",
      'server: /known event ["echo",1,answer()]',
    ),
  },
  {
    titles: ["CONNECT and DISCONNECT at once, revision 5"],
    because: AT_ONCE,
    ...letBe(
      ["/"],
      'a: 0/known,{"sid":"<id 2>"}',
      "server: /known connection {} {}",
      'server: /known disconnecting "client namespace disconnect"',
      'server: /known disconnect "client namespace disconnect"',
    ),
  },
  {
    titles: ["CONNECT, DISCONNECT, CONNECT at once, revision 5"],
    because: AT_ONCE,
    ...letBe(
      ["/"],
      'a: 0/known,{"sid":"<id 2>"}',
      'a: 0/known,{"sid":"<id 3>"}',
      "a: 3/known,1[1]",
      "server: /known connection {} {}",
      'server: /known disconnecting "client namespace disconnect"',
      'server: /known disconnect "client namespace disconnect"',
      "server: /known connection {} {}",
      'server: /known event ["echo",1,answer()]',
    ),
  },
  {
    titles: ["CONNECT and an event at once, revision 4"],
    because: AT_ONCE,
    ...letBe(
      ["/"],
      "a: 0/known,",
      "a: 3/known,1[1]",
      "server: /known connection {} {}",
      'server: /known event ["echo",1,answer()]',
    ),
  },
  {
    titles: ["CONNECT and DISCONNECT at once, revision 4"],
    because: AT_ONCE,
    ...letBe(
      ["/"],
      "a: 0/known,",
      "server: /known connection {} {}",
      'server: /known disconnecting "client namespace disconnect"',
      'server: /known disconnect "client namespace disconnect"',
    ),
  },
  {
    titles: ["CONNECT, DISCONNECT, CONNECT at once, revision 4"],
    because: AT_ONCE,
    ...letBe(
      ["/"],
      "a: 0/known,",
      "a: 0/known,",
      "a: 3/known,1[1]",
      "server: /known connection {} {}",
      'server: /known disconnecting "client namespace disconnect"',
      'server: /known disconnect "client namespace disconnect"',
      "server: /known connection {} {}",
      'server: /known event ["echo",1,answer()]',
    ),
  },
  {
    titles: [
      "CONNECT to /refused alone, revision 5",
      "CONNECT to /refused-data alone, revision 5",
      "CONNECT to /refused-late alone, revision 5",
      "an ACK before any CONNECT, revision 5",
    ],
    because: REFUSED,
    reference: ["a: closed"],
    ours: ["a: open"],
  },
  {
    titles: [
      "CONNECT to /refused behind one to /",
      "CONNECT to /refused-data behind one to /",
      "CONNECT to /refused-late behind one to /",
      "CONNECT and DISCONNECT at once, late",
    ],
    because: REFUSED,
    ...letBe(["/"]),
  },
  {
    titles: [
      "CONNECT to /refused alone, revision 4",
      "CONNECT to /refused-data alone, revision 4",
      "CONNECT to /refused-late alone, revision 4",
    ],
    because: REFUSED,
    reference: ["a: closed", 'server: / disconnecting "forced close"', 'server: / disconnect "forced close"'],
    ours: ["a: open"],
  },
  {
    titles: ["CONNECT and an event at once, late, revision 5"],
    because: EARLY,
    ...letBe(["/"], 'a: 0/late,{"sid":"<id 2>"}', "server: /late connection {} {}"),
  },
  {
    titles: ["CONNECT and an event at once, late, revision 4"],
    because: EARLY,
    ...letBe(["/"], "a: 0/late,", "server: /late connection {} {}"),
  },
  {
    titles: [
      "CONNECT to /unknown behind one to /, revision 4",
      "CONNECT to /unknown alone, revision 4",
      "CONNECT to all at once, revision 4",
    ],
    because: TEXT,
    reference: ['a: 4/unknown,{"message":"Invalid namespace"}'],
    ours: ['a: 4/unknown,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /dynamic-x alone, revision 4", "CONNECT to /dynamic-x behind one to /, revision 4"],
    because: TEXT,
    reference: ['a: 4/dynamic-x,{"message":"Invalid namespace"}'],
    ours: ['a: 4/dynamic-x,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /asked-no alone, revision 4", "CONNECT to /asked-no behind one to /, revision 4"],
    because: TEXT,
    reference: ['a: 4/asked-no,{"message":"Invalid namespace"}'],
    ours: ['a: 4/asked-no,"Invalid namespace"'],
  },
  {
    titles: [
      "CONNECT to /asked-error alone, revision 4",
      "CONNECT to /asked-error behind one to /, revision 4",
    ],
    because: TEXT,
    reference: ['a: 4/asked-error,{"message":"Invalid namespace"}'],
    ours: ['a: 4/asked-error,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /__proto__ alone, revision 4", "CONNECT to /__proto__ behind one to /, revision 4"],
    because: TEXT,
    reference: ['a: 4/__proto__,{"message":"Invalid namespace"}'],
    ours: ['a: 4/__proto__,"Invalid namespace"'],
  },
  {
    titles: [
      "CONNECT to /constructor alone, revision 4",
      "CONNECT to /constructor behind one to /, revision 4",
    ],
    because: TEXT,
    reference: ['a: 4/constructor,{"message":"Invalid namespace"}'],
    ours: ['a: 4/constructor,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /KNOWN alone, revision 4", "CONNECT to /KNOWN behind one to /, revision 4"],
    because: TEXT,
    reference: ['a: 4/KNOWN,{"message":"Invalid namespace"}'],
    ours: ['a: 4/KNOWN,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /known/ alone, revision 4", "CONNECT to /known/ behind one to /, revision 4"],
    because: TEXT,
    reference: ['a: 4/known/,{"message":"Invalid namespace"}'],
    ours: ['a: 4/known/,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /kn%6Fwn alone, revision 4", "CONNECT to /kn%6Fwn behind one to /, revision 4"],
    because: TEXT,
    reference: ['a: 4/kn%6Fwn,{"message":"Invalid namespace"}'],
    ours: ['a: 4/kn%6Fwn,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to // alone, revision 4", "CONNECT to // behind one to /, revision 4"],
    because: URL,
    reference: ['server: / disconnecting "parse error"', 'server: / disconnect "parse error"'],
    ours: [
      'a: 4//,"Invalid namespace"',
      'server: / disconnecting "forced close"',
      'server: / disconnect "forced close"',
    ],
  },
  {
    titles: [
      "CONNECT to /with blank alone, revision 4",
      "CONNECT to /with blank behind one to /, revision 4",
    ],
    because: URL,
    reference: ['a: 4/with%20blank,{"message":"Invalid namespace"}'],
    ours: ['a: 4/with blank,"Invalid namespace"'],
  },
  {
    titles: ["CONNECT to /é alone, revision 4", "CONNECT to /é behind one to /, revision 4"],
    because: URL,
    reference: ['a: 4/%C3%A9,{"message":"Invalid namespace"}'],
    ours: ['a: 4/é,"Invalid namespace"'],
  },
  {
    titles: ["two CONNECTs to / at once, revision 5"],
    because: TWICE,
    reference: [
      'a: 0{"sid":"<id 2>"}',
      'a: 3999["alive"]',
      "a: open",
      "server: / connection {} {}",
      'server: / event ["echo","alive",answer()]',
    ],
    ours: ["a: closed", 'server: / disconnecting "forced close"', 'server: / disconnect "forced close"'],
  },
  {
    titles: ["a second CONNECT to /late at once, revision 5"],
    because: TWICE,
    reference: ['a: 0/late,{"sid":"<id 3>"}', "server: /late connection {} {}"],
    ours: [],
  },
  {
    titles: ["a second CONNECT to /late at once, revision 4"],
    because: TWICE,
    reference: ["a: 0/late,", "server: /late connection {} {}"],
    ours: [],
  },
  {
    titles: ["CONNECT to /known?token=x, revision 4"],
    because: QUERY,
    reference: ['server: /known connection {"token":"x"} {}'],
    ours: ['server: /known connection {"token":"x"} {"token":"x"}'],
  },
  {
    titles: ["CONNECT to /known?token=x&a=1&a=2, revision 4"],
    because: QUERY,
    reference: ['server: /known connection {"token":"x","a":"2"} {}'],
    ours: ['server: /known connection {"token":"x","a":"2"} {"token":"x","a":["1","2"]}'],
  },
  {
    titles: ["CONNECT to /known?__proto__=1, revision 4"],
    because: QUERY,
    reference: ['server: /known connection {"__proto__":"1"} {}'],
    ours: ['server: /known connection {"__proto__":"1"} {"__proto__":"1"}'],
  },
  {
    titles: ["CONNECT to / with 1, revision 5"],
    because: CONNECT_ID,
    reference: [
      'a: 0{"sid":"<id 1>"}',
      'a: 3999["alive"]',
      "a: open",
      "server: / connection {} {}",
      'server: / event ["echo","alive",answer()]',
    ],
    ours: ["a: closed"],
  },
  {
    titles: ["CONNECT to /known with 1, revision 5"],
    because: CONNECT_ID,
    ...taken(["/"], 'a: 0/known,{"sid":"<id 2>"}', "server: /known connection {} {}"),
  },
  {
    titles: ["CONNECT to / with 1, revision 4"],
    because: CONNECT_ID,
    reference: ['server: / disconnecting "forced close"', 'server: / disconnect "forced close"'],
    ours: ['server: / disconnecting "parse error"', 'server: / disconnect "parse error"'],
  },
  {
    titles: ["CONNECT to /known with 1, revision 4"],
    because: CONNECT_ID,
    ...taken(["/"], "a: 0/known,", "server: /known connection {} {}"),
  },
];

export const CONNECTIONS: readonly Row[] = ROWS.map((row) => ({ group: "connections", ...row }));
