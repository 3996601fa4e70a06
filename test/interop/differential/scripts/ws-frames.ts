/** Frames that break the rules of WebSocket, or use them to the full, in a session and right behind its handshake. */
import {
  type BrokenFrame,
  brokenFrame,
  brokenFrameBehindHandshake,
  heardByUsAlone,
} from "../broken-frames.ts";
import { BINARY, frame, hex, PING, PONG, TEXT } from "../frames.ts";
import type { Group, Script } from "../step.ts";
import {
  answer,
  differs,
  frames,
  head,
  openWebSocket,
  say,
  script,
  settle,
  state,
  UPGRADE_HEADERS,
  wsPing,
} from "../steps.ts";

type Row = readonly [title: string, bytes: Buffer, code: number, reference: string, ours: string];

const RULE = "RangeError: Invalid WebSocket frame: ";
const DOES_NOT_FIT = "opcode is reserved, or does not fit here";
const BAD_LENGTH = "control frame of invalid length";
const BAD_STATUS = "close frame with an invalid status code";
const NOT_COMPRESSED = "RSV1 is set where no compression was agreed on";
const BAD_TEXT = "Error: Invalid WebSocket frame: invalid UTF-8 sequence";
const NOT_UTF8 = "text is not valid UTF-8";

const BROKEN: readonly Row[] = [
  [
    "a frame without a mask",
    frame(TEXT, "4a", null),
    1002,
    `${RULE}MASK must be set`,
    "a client must mask its frames",
  ],
  ["a reserved bit", frame(0xc1, "4a"), 1002, `${RULE}RSV1 must be clear`, NOT_COMPRESSED],
  ["an unknown opcode", frame(0x83, "4a"), 1002, `${RULE}invalid opcode 3`, DOES_NOT_FIT],
  ["a text that is no UTF-8", frame(TEXT, hex("34 ff fe")), 1007, BAD_TEXT, NOT_UTF8],
  ["a long ping", frame(0x89, "a".repeat(126)), 1002, `${RULE}invalid payload length 126`, BAD_LENGTH],
  [
    "a fragmented ping",
    frame(0x09, "a"),
    1002,
    `${RULE}FIN must be set`,
    "a control frame must not be fragmented",
  ],
  ["a continuation of nothing", frame(0x80, "4a"), 1002, `${RULE}invalid opcode 0`, DOES_NOT_FIT],
  [
    "a message inside another",
    Buffer.concat([frame(0x01, "4a"), frame(TEXT, "4b")]),
    1002,
    `${RULE}invalid opcode 1`,
    DOES_NOT_FIT,
  ],
  ["a close of one byte", frame(0x88, hex("03")), 1002, `${RULE}invalid payload length 1`, BAD_LENGTH],
  ["a close with code 1005", frame(0x88, hex("03 ed")), 1002, `${RULE}invalid status code 1005`, BAD_STATUS],
  ["a close with code 1006", frame(0x88, hex("03 ee")), 1002, `${RULE}invalid status code 1006`, BAD_STATUS],
  ["a close whose reason is no UTF-8", frame(0x88, hex("03 e8 ff")), 1007, BAD_TEXT, NOT_UTF8],
  [
    "a length with the top bit set",
    hex("81 ff ff ff ff ff ff ff ff ff 00 00 00 00"),
    1009,
    "RangeError: Unsupported WebSocket frame: payload length > 2^53 - 1",
    "payload length is above 2^53 - 1",
  ],
  [
    "HTTP instead of a frame",
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    1002,
    `${RULE}RSV1 must be clear`,
    NOT_COMPRESSED,
  ],
];

/** Sound ones, and the message in them for either revision. */
const SOUND: Readonly<Record<string, readonly [bytes: Buffer, four?: string, three?: string]>> = {
  "a fragmented message": [
    Buffer.concat([frame(0x01, "4a"), frame(0x00, "b"), frame(0x80, "c")]),
    '"abc"',
    '"abc"',
  ],
  "a ping inside a message": [
    Buffer.concat([frame(0x01, "4a"), frame(0x89, "p"), frame(0x80, "c")]),
    '"ac"',
    '"ac"',
  ],
  "an unasked pong": [frame(PONG, "p")],
  "fragmented bytes": [
    Buffer.concat([frame(0x02, hex("04 01")), frame(0x80, hex("02"))]),
    "Buffer(040102)",
    "Buffer(0102)",
  ],
  "a text": [frame(TEXT, "4a"), '"a"', '"a"'],
  bytes: [frame(BINARY, hex("04 01 02")), "Buffer(040102)", "Buffer(0102)"],
};

const inSession = (title: string, revision: number, bytes: Buffer): Script =>
  script(`${title}, revision ${revision}`, openWebSocket(revision), say("ws", bytes), settle, state);

const behindHandshake = (title: string, revision: number, bytes: Buffer): Script => {
  const handshake = head("GET", `/engine.io/?EIO=${revision}&transport=websocket`, UPGRADE_HEADERS);
  return script(
    `${title} right behind the handshake, revision ${revision}`,
    say("ws", Buffer.concat([Buffer.from(handshake), bytes])),
    answer("ws"),
    settle,
    state,
  );
};

const broken = (revision: number): readonly Script[] =>
  BROKEN.flatMap(([title, bytes, code, reference, ours]) => {
    const fault: BrokenFrame = { code, reference, ours };
    return [
      differs(inSession(title, revision, bytes), brokenFrame(fault)),
      differs(behindHandshake(title, revision, bytes), brokenFrameBehindHandshake(fault)),
    ];
  });

const sound = (revision: number): readonly Script[] =>
  Object.entries(SOUND).flatMap(([title, [bytes, four, three]]) => {
    const message = revision === 4 ? four : three;
    const early = behindHandshake(title, revision, bytes);
    return [
      inSession(title, revision, bytes),
      message === undefined ? early : differs(early, heardByUsAlone(message, bytes.includes(PING))),
    ];
  });

const pings = [3, 4].map((revision) =>
  script(
    `a ping of WebSocket, revision ${revision}`,
    openWebSocket(revision),
    wsPing("ws", "abc"),
    frames("ws"),
  ),
);

export const WS_FRAMES: readonly Group[] = [
  { title: "frames", scripts: [...broken(4), ...broken(3), ...sound(4), ...sound(3), ...pings] },
];
