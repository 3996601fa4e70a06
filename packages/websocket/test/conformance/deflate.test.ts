import { expect } from "chai";
import { BINARY, CLOSE, hex, PING, PONG, TEXT } from "../support/bytes.ts";
import { checkForm, finish, hold, holdAll } from "./support/conversation.ts";
import { PeerDeflate, type PeerDeflateOptions } from "./support/peer-deflate.ts";
import { conformance, type Link, type Subject, type SubjectOptions } from "./support/subject.ts";
import { type Sent, show } from "./support/wire-frame.ts";

const RSV1 = 0x40;
const NAME = "permessage-deflate";

/** Both roles with compression of every message, the peer's header as given. */
const agreed = (offer: string, answer: string, options: object = {}): SubjectOptions => ({
  server: { perMessageDeflate: { threshold: 0, ...options } },
  client: { perMessageDeflate: { threshold: 0, ...options } },
  offer,
  answer,
});

const PLAIN = agreed(NAME, NAME);

/** Takes the next message, inflated if it has to be. */
async function message(link: Link, subject: Subject, codec: PeerDeflate): Promise<string> {
  const [frame] = await link.peer.frames(1);
  checkForm(frame, subject, true);
  if (frame === undefined) return "the end of TCP";
  const { firstByte, payload } = frame;
  if ((firstByte & RSV1) === 0) return show(firstByte, payload);
  return show(firstByte & ~RSV1, await codec.decompress(payload));
}

// RFC 7692 §7.2.3, as a server sends them; a client's are masked.
const EXAMPLES: readonly [name: string, sent: readonly Sent[], answers: readonly string[]][] = [
  ["one block", [[0xc1, hex("f248cdc9c90700")]], ["Hello"]],
  [
    "two fragments",
    [
      [0x41, hex("f248cd")],
      [0x80, hex("c9c90700")],
    ],
    ["Hello"],
  ],
  [
    "the same message again out of the window",
    [
      [0xc1, hex("f248cdc9c90700")],
      [0xc1, hex("f200110000")],
    ],
    ["Hello", "Hello"],
  ],
  ["a block that is not compressed", [[0xc1, hex("000500faff48656c6c6f00")]], ["Hello"]],
  ["a block with BFINAL set", [[0xc1, hex("f348cdc9c9070000")]], ["Hello"]],
  ["two blocks", [[0xc1, hex("f24805000000ffffcac9c90700")]], ["Hello"]],
  [
    "a message after one whose last block had BFINAL set",
    [
      [0xc1, hex("f348cdc9c9070000")],
      [0xc1, hex("f248cdc9c90700")],
    ],
    ["Hello", "Hello"],
  ],
  ["an empty message", [[0xc1, hex("00")]], [""]],
  [
    "an empty first and an empty last fragment",
    [
      [0x41, ""],
      [0x00, hex("f248cdc9c90700")],
      [0x80, ""],
    ],
    ["Hello"],
  ],
  [
    "a message that is not compressed between two that are",
    [
      [0xc1, hex("f248cdc9c90700")],
      [TEXT, "plain"],
      [0xc1, hex("f200110000")],
    ],
    ["Hello", "plain", "Hello"],
  ],
];

conformance(
  "compressed messages",
  (subject) => {
    for (const [name, sent, texts] of EXAMPLES)
      it(`takes ${name}`, async () => {
        for (const delivery of ["in one write", "frame by frame", "octet by octet"] as const) {
          const link = await subject.connect();
          const codec = new PeerDeflate();
          await link.peer.send(sent, delivery);
          for (const text of texts)
            expect(await message(link, subject, codec), delivery).to.equal(show(TEXT, text));
          await finish(link, subject);
          codec.close();
        }
      });

    it("sets RSV1 on what it compresses, and leaves the four octets at the end out", async () => {
      const link = await subject.connect();
      const codec = new PeerDeflate();
      link.endpoint.send("Hello Hello Hello Hello Hello");
      const [frame] = await link.peer.frames(1);
      expect(frame?.firstByte).to.equal(TEXT | RSV1);
      expect(frame?.payload.subarray(-4).toString("hex")).not.to.equal("0000ffff");
      expect(await codec.decompress(frame?.payload ?? hex(""))).to.deep.equal(
        Buffer.from("Hello Hello Hello Hello Hello"),
      );
      codec.close();
      await finish(link, subject);
    });

    it("sends an empty message so that it can be read", async () => {
      const link = await subject.connect();
      const codec = new PeerDeflate();
      link.endpoint.send("");
      link.endpoint.send("after it");
      expect(await message(link, subject, codec)).to.equal(show(TEXT, ""));
      expect(await message(link, subject, codec)).to.equal(show(TEXT, "after it"));
      codec.close();
    });

    it("compresses no control frame", async () => {
      const link = await subject.connect();
      link.endpoint.ping("x".repeat(125));
      link.endpoint.pong("y".repeat(125));
      link.endpoint.close(1000, "z".repeat(123));
      const frames = await link.peer.frames(3);
      for (const frame of frames) checkForm(frame, subject);
      expect(frames.map(({ firstByte }) => firstByte)).to.deep.equal([PING, PONG, CLOSE]);
    });

    it("answers a ping between the fragments of a compressed message", async () => {
      const link = await subject.connect();
      const codec = new PeerDeflate();
      await link.peer.send([
        [0x41, hex("f248cd")],
        [PING, "now"],
      ]);
      expect(await message(link, subject, codec)).to.equal("pong 6e6f77");
      await link.peer.send([[0x80, hex("c9c90700")]]);
      expect(await message(link, subject, codec)).to.equal(show(TEXT, "Hello"));
      codec.close();
      await finish(link, subject);
    });

    it("keeps the order of messages, compressed or not, and of the close frame after them", async () => {
      const link = await subject.connect();
      const codec = new PeerDeflate();
      const texts = Array.from({ length: 50 }, (_, i) => `message ${i} `.repeat(i * 20));
      for (const text of texts) link.endpoint.send(text);
      link.endpoint.close(1000);
      for (const text of texts) expect(await message(link, subject, codec)).to.equal(show(TEXT, text));
      expect(await message(link, subject, codec)).to.equal("close 03e8");
      codec.close();
    });

    holdAll(subject, [
      {
        title: "closes with 1002 on a ping with RSV1",
        send: [[PING | RSV1, hex("f248cdc9c90700")]],
        answers: [],
        end: { fault: 1002 },
      },
      {
        title: "closes with 1002 on a pong with RSV1",
        send: [[PONG | RSV1, ""]],
        answers: [],
        end: { fault: 1002 },
      },
      {
        title: "closes with 1002 on a close frame with RSV1",
        send: [[CLOSE | RSV1, hex("03e8")]],
        answers: [],
        end: { fault: 1002 },
      },
      {
        title: "closes with 1002 on a continuation with RSV1, of a compressed message",
        send: [
          [0x41, hex("f248cd")],
          [0xc0, hex("c9c90700")],
        ],
        answers: [],
        end: { fault: 1002 },
      },
      {
        title: "closes with 1002 on a continuation with RSV1, of a message that is not compressed",
        send: [
          [0x01, "a"],
          [0xc0, "b"],
        ],
        answers: [],
        end: { fault: 1002 },
      },
      {
        title: "closes with 1002 on RSV2 and RSV3",
        send: [[0x81 | 0x60, "x"]],
        answers: [],
        end: { fault: 1002 },
      },
      {
        title: "closes with 1007 on data that cannot be decompressed",
        send: [[0xc2, hex("ffffffffffff")]],
        answers: [],
        end: { fault: 1007 },
      },
      {
        title: "closes with 1007 on text that is not UTF-8 once decompressed",
        send: [[0xc1, hex("000200fdffc32800")]],
        answers: [],
        end: { fault: 1007 },
      },
      {
        title: "closes with 1007 on text that is not UTF-8 in its first compressed fragment",
        send: [[0x41, hex("000200fdffc32800000000ffff")]],
        answers: [],
        end: { fault: 1007 },
      },
    ]);
  },
  PLAIN,
);

conformance(
  "messages that grow when decompressed",
  (subject) => {
    it("closes with 1009 as soon as they pass the limit", async () => {
      const codec = new PeerDeflate();
      const bomb = await codec.compress(Buffer.alloc(50_000_000));
      expect(bomb.length).to.be.lessThan(100_000);
      await hold(subject, { send: [[BINARY | RSV1, bomb]], answers: [], end: { fault: 1009 } });
      codec.close();
    });
  },
  {
    ...PLAIN,
    server: { maxPayload: 100_000, perMessageDeflate: true },
    client: { maxPayload: 100_000, perMessageDeflate: true },
  },
);

interface Parameters {
  readonly name: string;
  readonly options: SubjectOptions;
  /** By role of the endpoint under test. */
  readonly peer: Readonly<Record<Subject["role"], PeerDeflateOptions>>;
}

const withWindows = (server: number, client: number): Parameters => ({
  name: `server_max_window_bits=${server} and client_max_window_bits=${client}`,
  options: agreed(
    `${NAME}; server_max_window_bits=${server}; client_max_window_bits=${client}`,
    `${NAME}; server_max_window_bits=${server}; client_max_window_bits=${client}`,
    { serverMaxWindowBits: server, clientMaxWindowBits: client },
  ),
  peer: {
    server: { deflateBits: client, inflateBits: server },
    client: { deflateBits: server, inflateBits: client },
  },
});

const PARAMETERS: readonly Parameters[] = [
  { name: "no parameter", options: PLAIN, peer: { server: {}, client: {} } },
  {
    name: "server_no_context_takeover",
    options: agreed(`${NAME}; server_no_context_takeover`, `${NAME}; server_no_context_takeover`),
    peer: { server: { inflateAfresh: true }, client: { deflateAfresh: true } },
  },
  {
    name: "client_no_context_takeover",
    options: agreed(`${NAME}; client_no_context_takeover`, `${NAME}; client_no_context_takeover`),
    peer: { server: { deflateAfresh: true }, client: { inflateAfresh: true } },
  },
  {
    name: "both without context takeover",
    options: agreed(
      `${NAME}; server_no_context_takeover; client_no_context_takeover`,
      `${NAME}; server_no_context_takeover; client_no_context_takeover`,
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ),
    peer: {
      server: { inflateAfresh: true, deflateAfresh: true },
      client: { inflateAfresh: true, deflateAfresh: true },
    },
  },
  withWindows(9, 9),
  withWindows(10, 15),
  withWindows(15, 10),
  withWindows(12, 12),
  withWindows(15, 15),
  {
    name: "a list of offers of which only the last one will do",
    options: {
      ...agreed(`x-other, ${NAME}; server_max_window_bits=7, ${NAME}; unknown, ${NAME}`, NAME),
    },
    peer: { server: {}, client: {} },
  },
];

const SIZES = [16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** Text that compresses, with much that repeats at every distance. */
function sample(bytes: number, seed: number): Buffer {
  const words = ["hello", "wörld", "websocket", "€", "0123456789", "compress", '{"key":', "😀"];
  let state = seed * 2_654_435_761;
  let text = "";
  while (text.length < bytes) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += `${words[(state >>> 16) % words.length]} ${(state >>> 8) % 1000} `;
  }
  // ASCII at its end, so that no character is cut.
  const cut = Buffer.from(text)
    .subarray(0, Math.max(0, bytes - 4))
    .toString()
    .replace(/\ufffd+$/, "");
  return Buffer.from(cut + "x".repeat(bytes - Buffer.byteLength(cut)));
}

for (const { name, options, peer: peerOptions } of PARAMETERS)
  conformance(
    `compression with ${name}`,
    (subject) => {
      for (const size of SIZES)
        it(`echoes messages of ${size} bytes, in frames of every size`, async () => {
          const link = await subject.connect();
          const codec = new PeerDeflate(peerOptions[subject.role]);
          for (let i = 0; i < 8; i++) {
            const data = sample(size, i >> 1);
            const firstByte = i % 2 === 0 ? TEXT : BINARY;
            const payload = await codec.compress(data);
            await link.peer.send(
              fragments(firstByte, payload, i < 4 ? payload.length : 1 + Math.floor(size / (2 * i))),
            );
            expect(await message(link, subject, codec)).to.equal(show(firstByte, data));
          }
          await finish(link, subject);
          codec.close();
        });
    },
    options,
  );

function fragments(firstByte: number, payload: Buffer, size: number): Sent[] {
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, i) => {
    const fin = i === count - 1 ? 0x80 : 0;
    return [
      fin | (i === 0 ? RSV1 | (firstByte & 0x0f) : 0),
      payload.subarray(i * size, (i + 1) * size),
    ] as const;
  });
}

conformance(
  "compression without context takeover",
  (subject) => {
    it("compresses the same message twice into the same bytes", async () => {
      const link = await subject.connect();
      for (let i = 0; i < 2; i++) link.endpoint.send("the same message, the same message");
      const [first, second] = await link.peer.frames(2);
      expect((first?.firstByte ?? 0) & RSV1).to.equal(RSV1);
      expect(second?.payload.toString("hex")).to.equal(first?.payload.toString("hex"));
      await finish(link, subject);
    });
  },
  PARAMETERS[3]?.options,
);

conformance(
  "compression with a window of 256 bytes",
  (subject) => {
    it("sends nothing that reaches further back", async () => {
      const link = await subject.connect();
      const codec = new PeerDeflate({ inflateBits: 8 });
      for (let i = 0; i < 10; i++) {
        const data = sample(5000, i & 1);
        link.endpoint.send(data);
        expect(await message(link, subject, codec)).to.equal(show(BINARY, data));
      }
      codec.close();
    });
  },
  {
    server: { perMessageDeflate: { threshold: 0 } },
    client: { perMessageDeflate: { threshold: 0, clientMaxWindowBits: 8 } },
    offer: `${NAME}; server_max_window_bits=8`,
    answer: `${NAME}; client_max_window_bits=8`,
  },
);
