/** Bodies of POST that are no payloads. */
import { hex } from "../frames.ts";
import { malformed, OCTETS, posted, RS, shown } from "../posted.ts";
import type { Group } from "../step.ts";
import { differs } from "../steps.ts";

const NOT_A_NUMBER = "payload length is not a number";
const SHORT = "payload is shorter than its length says";
const UNMARKED = "binary payload must mark each packet as text or binary";
const unknownType = (start: string): string => `unknown packet type: ${JSON.stringify(start)}`;

type Row<Body = string> = readonly [body: Body, expected: Parameters<typeof malformed>[0]];

const A = ['"a"'];

const REVISION_4: readonly Row[] = [
  ["", { ours: "empty payload" }],
  ["\ufeff4a", { ours: unknownType("\ufeff4a") }],
  ["b!!!", { ours: "invalid base64 data", delivered: ["Buffer()"], isTaken: true }],
  ["7", { ours: unknownType("7") }],
  ["9", { ours: unknownType("9") }],
  ["x", { ours: unknownType("x") }],
  ["hello", { ours: unknownType("hello") }],
  [" 4a", { ours: unknownType(" 4a") }],
  [RS, { ours: "empty packet" }],
  [`4a${RS}`, { ours: "empty packet", delivered: A }],
  [`${RS}4a`, { ours: "empty packet" }],
  [`4a${RS}${RS}4b`, { ours: "empty packet", delivered: A }],
  [`4a${RS}x${RS}4b`, { ours: unknownType("x"), delivered: A }],
];

const REVISION_3: readonly Row[] = [
  ["", { ours: "empty payload" }],
  ["5:4😀", { ours: SHORT }],
  ["1:b", { ours: "empty packet", unknown: ["Buffer()"], isTaken: true }],
  ["3:b9A", { ours: unknownType("9A"), unknown: ["Buffer()"], isTaken: true }],
  ["1:7", { ours: unknownType("7") }],
  ["1:x", { ours: unknownType("x") }],
  ["4hello", { ours: NOT_A_NUMBER }],
  [":", { ours: NOT_A_NUMBER }],
  [":4a", { ours: NOT_A_NUMBER }],
  ["5:4a", { ours: SHORT }],
  ["1:4a", { ours: NOT_A_NUMBER, delivered: [""] }],
  ["-1:4a", { ours: NOT_A_NUMBER }],
  ["1.5:4a", { ours: NOT_A_NUMBER }],
  ["a:4a", { ours: NOT_A_NUMBER }],
  [" 2:4a", { ours: NOT_A_NUMBER, delivered: A, isTaken: true }],
  ["0:", { ours: "empty packet", isTaken: true }],
  ["0:2:4a", { ours: "empty packet", delivered: A, isTaken: true }],
  ["2:4a0:", { ours: "empty packet", delivered: A, isTaken: true }],
  ["2:4a2:xx2:4b", { ours: unknownType("xx"), delivered: A }],
  ["2:4a\n2:4b", { ours: NOT_A_NUMBER, delivered: ['"a"', '"b"'], isTaken: true }],
  ["2:4a2", { ours: NOT_A_NUMBER, delivered: A }],
  ["2:4a2:", { ours: SHORT, delivered: A }],
  ["999999999999:4a", { ours: NOT_A_NUMBER }],
  ["9007199254740993:4a", { ours: NOT_A_NUMBER }],
];

const BINARY: Readonly<Record<string, Row>> = {
  "a text that is no UTF-8": ["00 03 ff 34 ff fe", { ours: "text is not valid UTF-8" }],
  "an unknown type": ["00 02 ff 39 61", { ours: unknownType("9a") }],
  "an unknown type as bytes": [
    "01 02 ff 09 61",
    { ours: unknownType("byte 9"), unknown: ["Buffer(61)"], isTaken: true },
  ],
  "an unknown marker": ["02 02 ff 34 61", { ours: UNMARKED, unknown: ["Buffer(61)"], isTaken: true }],
  "a length that is too long": ["00 09 ff 34 61", { ours: SHORT, delivered: A, isTaken: true }],
  "a length that is too short": ["00 01 ff 34 61 62", { ours: UNMARKED }],
  "a length of 0": ["00 00 ff", { ours: "empty packet" }],
  "no length": ["00 ff 34 61", { ours: NOT_A_NUMBER }],
  "no end of the length": ["00 02", { ours: NOT_A_NUMBER }],
  "a digit above 9": ["00 0a ff 34 61", { ours: NOT_A_NUMBER }],
  "a length of 400 digits": [`00 ${"09 ".repeat(400)} ff 34 61`, { ours: NOT_A_NUMBER }],
  "a marker alone": ["00", { ours: NOT_A_NUMBER }],
};

const NOT_UTF8 = { ours: "text is not valid UTF-8", delivered: ['"\ufffd\ufffd"'], isTaken: true };

export const MALFORMED_PAYLOADS: readonly Group[] = [
  {
    title: "malformed payloads",
    scripts: [
      ...REVISION_4.map(([body, expected]) => differs(posted(shown(body), 4, body), malformed(expected))),
      ...REVISION_3.map(([body, expected]) => differs(posted(shown(body), 3, body), malformed(expected))),
      ...Object.entries(BINARY).map(([title, [bytes, expected]]) =>
        differs(posted(`octets: ${title}`, 3, hex(bytes), OCTETS), malformed(expected)),
      ),
      differs(posted("no octets", 3, "", OCTETS), malformed({ ours: "empty payload", isTaken: true })),
      differs(posted("bytes that are no UTF-8", 4, hex("34 ff fe")), malformed(NOT_UTF8)),
      differs(
        posted("bytes that are no UTF-8", 3, Buffer.concat([Buffer.from("3:4"), hex("ff fe")])),
        malformed(NOT_UTF8),
      ),
    ],
  },
];
