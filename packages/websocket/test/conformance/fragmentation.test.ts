import { BINARY, PING, TEXT } from "../support/bytes.ts";
import { type Conversation, holdAll } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";
import { type Sent, show } from "./support/wire-frame.ts";

const FAULT = { fault: 1002 };

/** A message in fragments of `size` bytes. */
function fragments(opcode: number, data: string | Buffer, size: number): Sent[] {
  const bytes = Buffer.from(data as Buffer);
  const count = Math.max(1, Math.ceil(bytes.length / size));
  return Array.from({ length: count }, (_, i) => {
    const fin = i === count - 1 ? 0x80 : 0;
    return [fin | (i === 0 ? opcode : 0), bytes.subarray(i * size, (i + 1) * size)] as const;
  });
}

const long = "x".repeat(65536);

const MESSAGES: readonly Conversation[] = [
  {
    title: "joins two fragments of text",
    send: [
      [0x01, "fragment1"],
      [0x80, "fragment2"],
    ],
    answers: [show(TEXT, "fragment1fragment2")],
    end: "open",
  },
  {
    title: "joins two fragments of binary",
    send: [
      [0x02, Buffer.from([0xff, 0xc0])],
      [0x80, Buffer.from([0xfe])],
    ],
    answers: ["binary ffc0fe"],
    end: "open",
  },
  {
    title: "joins three fragments without data",
    send: [
      [0x01, ""],
      [0x00, ""],
      [0x80, ""],
    ],
    answers: ["text"],
    end: "open",
  },
  {
    title: "joins fragments of which the first and last are empty",
    send: [
      [0x01, ""],
      [0x00, "middle"],
      [0x80, ""],
    ],
    answers: ["text 6d6964646c65"],
    end: "open",
  },
  {
    title: "answers a ping between fragments before the message is whole",
    send: [
      [0x01, "fragment1"],
      [PING, "ping"],
      [0x80, "fragment2"],
    ],
    answers: ["pong 70696e67", show(TEXT, "fragment1fragment2")],
    end: "open",
  },
  {
    title: "joins five fragments with a ping after each but the last",
    send: [1, 2, 3, 4, 5].flatMap((i): Sent[] => [
      [(i === 5 ? 0x80 : 0) | (i === 1 ? 1 : 0), `fragment${i}`],
      ...(i === 5 ? [] : [[PING, `${i}`] as const]),
    ]),
    answers: [
      "pong 31",
      "pong 32",
      "pong 33",
      "pong 34",
      show(TEXT, "fragment1fragment2fragment3fragment4fragment5"),
    ],
    end: "open",
  },
  {
    title: "takes a message, whole, after one in fragments, and the other way round",
    send: [
      [TEXT, "1"],
      [0x02, "2"],
      [0x80, "3"],
      [BINARY, "4"],
      [0x01, "5"],
      [0x80, "6"],
    ],
    answers: ["text 31", "binary 3233", "binary 34", "text 3536"],
    end: "open",
  },
  {
    title: "joins 65536 bytes in fragments of 1300",
    send: fragments(1, long, 1300),
    answers: [show(TEXT, long)],
    end: "open",
  },
  {
    title: "joins one hundred fragments of one byte",
    send: fragments(2, Buffer.alloc(100, 7), 1),
    answers: [show(BINARY, Buffer.alloc(100, 7))],
    end: "open",
  },
  {
    title: "closes on a close frame between fragments, and forgets the message",
    send: [
      [0x01, "never"],
      [0x88, Buffer.from([3, 232])],
      [0x80, "whole"],
    ],
    answers: [],
    end: { answer: "close 03e8", told: [1000, ""] },
  },
];

const FAULTS: readonly Conversation[] = [
  {
    title: "closes with 1002 on a ping in fragments",
    send: [
      [0x09, "a"],
      [0x80, "b"],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a pong in fragments",
    send: [
      [0x0a, "a"],
      [0x80, "b"],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a close frame in fragments",
    send: [
      [0x08, Buffer.from([3, 232])],
      [0x80, ""],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a continuation that ends what never began",
    send: [
      [0x80, "no start"],
      [TEXT, "next"],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a continuation that goes on with what never began",
    send: [
      [0x00, "no start"],
      [TEXT, "next"],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a continuation after a message in fragments had ended",
    send: [
      [0x01, "a"],
      [0x80, "b"],
      [0x00, "c"],
      [TEXT, "d"],
    ],
    answers: ["text 6162"],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a whole message before the end of one in fragments",
    send: [
      [0x01, "a"],
      [TEXT, "b"],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on the first fragment of a message before the end of another",
    send: [
      [0x01, "a"],
      [0x02, "b"],
      [0x80, "c"],
    ],
    answers: [],
    end: FAULT,
  },
  {
    title: "closes with 1002 on a second fragment with the opcode of the first, after pings were answered",
    send: [
      [0x01, "a"],
      [PING, "1"],
      [0x00, "b"],
      [PING, "2"],
      [0x81, "c"],
    ],
    answers: ["pong 31", "pong 32"],
    end: FAULT,
  },
];

conformance("fragments", (subject) => holdAll(subject, [...MESSAGES, ...FAULTS]));
