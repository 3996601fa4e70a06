import { BINARY, CLOSE, hex, PING, TEXT } from "../support/bytes.ts";
import { type Conversation, holdAll } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";

const FAULT = { fault: 1002 };

const BITS: readonly Conversation[] = [1, 2, 3, 4, 5, 6, 7].flatMap((bits) => {
  const name = `reserved bits ${bits.toString(2).padStart(3, "0")}`;
  return [
    {
      title: `closes with 1002 on text with ${name}`,
      send: [[TEXT | (bits << 4), "x"] as const],
      answers: [],
      end: FAULT,
    },
    {
      title: `closes with 1002 on binary with ${name}, after the answer to what came before`,
      send: [[TEXT, "before"] as const, [BINARY | (bits << 4), "x"] as const, [PING, "after"] as const],
      answers: ["text 6265666f7265"],
      end: FAULT,
    },
    {
      title: `closes with 1002 on a ping with ${name}`,
      send: [[PING | (bits << 4), "x"] as const],
      answers: [],
      end: FAULT,
    },
    {
      title: `closes with 1002 on a close frame with ${name}`,
      send: [[CLOSE | (bits << 4), hex("03e8")] as const],
      answers: [],
      end: FAULT,
    },
    {
      title: `closes with 1002 on a continuation with ${name}`,
      send: [[0x01, "x"] as const, [0x80 | (bits << 4), "y"] as const],
      answers: [],
      end: FAULT,
    },
  ];
});

const OPCODES: readonly Conversation[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
  {
    title: `closes with 1002 on opcode ${opcode} without data`,
    send: [[0x80 | opcode, ""] as const],
    answers: [],
    end: FAULT,
  },
  {
    title: `closes with 1002 on opcode ${opcode} with data, after the answer to what came before`,
    send: [[TEXT, "before"] as const, [0x80 | opcode, "reserved"] as const, [PING, "after"] as const],
    answers: ["text 6265666f7265"],
    end: FAULT,
  },
  {
    title: `closes with 1002 on opcode ${opcode} inside a fragmented message`,
    send: [[0x01, "x"] as const, [0x80 | opcode, ""] as const, [0x80, "y"] as const],
    answers: [],
    end: FAULT,
  },
]);

conformance("reserved bits and opcodes", (subject) => holdAll(subject, [...BITS, ...OPCODES]));

const masked = (role: string) => role === "server";

conformance("headers that are no frame's", (subject) => {
  const mask = masked(subject.role) ? 0x80 : 0;
  const key = mask ? [0, 0, 0, 0] : [];
  const bytes = (...values: readonly number[]) => Buffer.from(values);

  holdAll(subject, [
    {
      title: masked(subject.role)
        ? "closes with 1002 on a frame without a mask"
        : "closes with 1002 on a masked frame",
      send: [masked(subject.role) ? hex("8105 48656c6c6f") : hex("8185 37fa213d 7f9f4d5158")],
      answers: [],
      end: FAULT,
    },
    {
      title: masked(subject.role)
        ? "closes with 1002 on a control frame without a mask"
        : "closes with 1002 on a masked control frame",
      send: [masked(subject.role) ? hex("8900") : hex("8980 00000000")],
      answers: [],
      end: FAULT,
    },
    {
      title: "closes with 1002 on 125 bytes with a length of 16 bits",
      send: [bytes(0x82, mask | 126, 0, 125, ...key, ...Array(125).fill(0))],
      answers: [],
      end: FAULT,
    },
    {
      title: "closes with 1002 on 65535 bytes with a length of 64 bits",
      send: [
        Buffer.concat([bytes(0x82, mask | 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...key), Buffer.alloc(65535)]),
      ],
      answers: [],
      end: FAULT,
    },
    {
      title: "closes with 1009 on a length with its most significant bit set",
      send: [bytes(0x82, mask | 127, 0x80, 0, 0, 0, 0, 0, 0, 1, ...key)],
      answers: [],
      end: { fault: 1009 },
    },
    {
      title: "closes with 1009 on the header of a message above the limit, before any of it has come",
      send: [bytes(0x82, mask | 127, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, ...key)],
      answers: [],
      end: { fault: 1009 },
    },
    {
      title: "reads nothing after a fault, a close frame in the same segment included",
      send: [
        [0x83, ""],
        [CLOSE, hex("03e8")],
        [TEXT, "late"],
      ],
      answers: [],
      end: FAULT,
    },
  ]);
});
