/** Packets of sessions that are on WebSocket from their first moment. */
import { brokenFrame } from "../broken-frames.ts";
import type { Group, Script } from "../step.ts";
import {
  binary,
  differs,
  event,
  frames,
  openWebSocket,
  script,
  serverSends,
  settle,
  state,
  text,
} from "../steps.ts";

const TEXTS = [
  "4hello",
  "4",
  "4€😀",
  "2",
  "2probe",
  "2abc",
  "3",
  "3probe",
  "1",
  "0",
  "5",
  "6",
  "7",
  "x",
  "",
  "bAQIDBA==",
  "b4AQIDBA==",
  "b",
  "b!!!",
  " 4a",
  `4${"a".repeat(2_000)}`,
  `4${"a".repeat(70_000)}`,
];

const BYTES: readonly (readonly number[])[] = [
  [],
  [4, 1, 2, 3],
  [4],
  [0, 1],
  [1],
  [2],
  [3],
  [5],
  [6],
  [7, 1],
  [9],
  [52, 97],
  [255, 0],
];

const SENT: Readonly<Record<string, string | Buffer>> = {
  "a text": "hello",
  "an empty text": "",
  "a text beyond ASCII": "€😀",
  "2,000 characters": "a".repeat(2_000),
  "70,000 characters": "a".repeat(70_000),
  bytes: Buffer.from([1, 2, 3, 4]),
  "no bytes": Buffer.alloc(0),
  "70,000 bytes": Buffer.alloc(70_000, 7),
};

const packets = (revision: number): readonly Script[] => [
  ...TEXTS.map((packet) =>
    script(
      `text ${JSON.stringify(packet.slice(0, 20))} of ${packet.length}, revision ${revision}`,
      openWebSocket(revision),
      text("ws", packet),
      settle,
      state,
    ),
  ),
  ...BYTES.map((bytes) =>
    script(
      `bytes [${bytes}], revision ${revision}`,
      openWebSocket(revision),
      binary("ws", ...bytes),
      settle,
      state,
    ),
  ),
  ...Object.entries(SENT).map(([title, data]) =>
    script(
      `the server sends ${title}, revision ${revision}`,
      openWebSocket(revision),
      serverSends(data),
      frames("ws"),
    ),
  ),
  script(
    `several packets in one segment, revision ${revision}`,
    openWebSocket(revision),
    text("ws", "4a", "4b", "4c"),
    event("message"),
    settle,
  ),
  script(
    `messages to and fro, revision ${revision}`,
    openWebSocket(revision),
    text("ws", "4a"),
    event("message"),
    serverSends("b"),
    serverSends("c"),
    frames("ws", 2),
    text("ws", "4d"),
    event("message"),
  ),
  script(
    `packets behind a close packet, revision ${revision}`,
    openWebSocket(revision),
    text("ws", "4a", "1", "4b"),
    settle,
  ),
];

const TOO_LONG = {
  code: 1009,
  reference: "RangeError: Max payload size exceeded",
  ours: "message is larger than maxPayload",
};

export const WS_PACKETS: readonly Group[] = [
  { title: "packets on WebSocket", scripts: [...packets(4), ...packets(3)] },
  {
    title: "messages on WebSocket of at most 100 bytes",
    options: { maxHttpBufferSize: 100 },
    scripts: [3, 4].flatMap((revision) =>
      [100, 101, 70_000].map((size) => {
        const row = script(
          `${size} bytes, revision ${revision}`,
          openWebSocket(revision),
          text("ws", `4${"a".repeat(size - 1)}`),
          settle,
          state,
        );
        return size === 100 ? row : differs(row, brokenFrame(TOO_LONG));
      }),
    ),
  },
];
