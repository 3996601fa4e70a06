import { BINARY, PING, PONG, TEXT } from "../support/bytes.ts";
import { type Conversation, holdAll } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";
import { show } from "./support/wire-frame.ts";

const LENGTHS = [0, 1, 125, 126, 127, 128, 65535, 65536];
const PING_125 = Buffer.alloc(125, 0xfe);

const MESSAGES: readonly Conversation[] = LENGTHS.flatMap((length) =>
  (
    [
      ["text", TEXT, "*".repeat(length)],
      ["binary", BINARY, Buffer.alloc(length, 0xfe)],
    ] as const
  ).map(([name, firstByte, payload]) => ({
    title: `echoes ${name} of ${length} bytes`,
    send: [[firstByte, payload] as const],
    answers: [show(firstByte, payload)],
    end: "open" as const,
  })),
);

const tenPings = Array.from({ length: 10 }, (_, i) => `payload-${i}`);

const PINGS: readonly Conversation[] = [
  { title: "answers a ping without data", send: [[PING, ""]], answers: ["pong"], end: "open" },
  {
    title: "answers a ping with its text",
    send: [[PING, "Hello"]],
    answers: ["pong 48656c6c6f"],
    end: "open",
  },
  {
    title: "answers a ping with its bytes, no text",
    send: [[PING, Buffer.from([0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff])]],
    answers: ["pong 00fffefdfcfb00ff"],
    end: "open",
  },
  {
    title: "answers a ping of 125 bytes",
    send: [[PING, PING_125]],
    answers: [show(PONG, PING_125)],
    end: "open",
  },
  {
    title: "closes with 1002 on a ping of 126 bytes",
    send: [[PING, Buffer.alloc(126, 0xfe)]],
    answers: [],
    end: { fault: 1002 },
  },
  {
    title: "closes with 1002 on a pong of 126 bytes",
    send: [[PONG, Buffer.alloc(126, 0xfe)]],
    answers: [],
    end: { fault: 1002 },
  },
  { title: "answers no unasked-for pong", send: [[PONG, ""]], answers: [], end: "open" },
  { title: "answers no unasked-for pong with data", send: [[PONG, "unasked"]], answers: [], end: "open" },
  {
    title: "answers a ping after an unasked-for pong",
    send: [
      [PONG, "unasked"],
      [PING, "asked"],
    ],
    answers: ["pong 61736b6564"],
    end: "open",
  },
  {
    title: "answers ten pings in their order",
    send: tenPings.map((payload) => [PING, payload] as const),
    answers: tenPings.map((payload) => show(PONG, payload)),
    end: "open",
  },
  {
    title: "keeps the order of messages and pongs",
    send: [
      [TEXT, "a"],
      [PING, "b"],
      [BINARY, "c"],
      [PING, ""],
    ],
    answers: ["text 61", "pong 62", "binary 63", "pong"],
    end: "open",
  },
];

conformance("messages and pings", (subject) => holdAll(subject, [...MESSAGES, ...PINGS]));
