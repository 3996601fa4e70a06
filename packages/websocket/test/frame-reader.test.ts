import { expect } from "chai";
import fc from "fast-check";
import { ProtocolError } from "../src/errors.ts";
import { FrameReader } from "../src/frame-reader.ts";
import type { ReaderLimits, Role } from "../src/reader-rules.ts";
import { BINARY, CLOSE, frame, hex, PING, PONG, TEXT } from "./support/bytes.ts";

const LIMITS: ReaderLimits = {
  maxPayload: 1 << 20,
  maxFragments: 100,
  maxBufferedChunks: 1000,
  skipUTF8Validation: false,
};

type Read = readonly [event: string, payload: string];

/** Feeds `chunks` and lists the events, a fault as the last of them. */
function read(chunks: readonly Uint8Array[], role: Role = "server", limits = LIMITS): Read[] {
  const reader = new FrameReader(role, limits);
  const events: Read[] = [];
  try {
    for (const chunk of chunks) {
      reader.push(Buffer.from(chunk));
      for (let event = reader.next(); event !== undefined; event = reader.next())
        events.push([event, event === "text" ? reader.text() : reader.bytes().toString("hex")]);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    events.push(["fault", `${error.closeCode} ${error.code}`]);
  }
  return events;
}

const bytewise = (bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte));

// RFC 6455 §5.7, and a few more.
const FROM_CLIENT: readonly [name: string, wire: string, events: Read[]][] = [
  ["a masked text", "8185 37fa213d 7f9f4d5158", [["text", "Hello"]]],
  ["a masked pong", "8a85 37fa213d 7f9f4d5158", [["pong", "48656c6c6f"]]],
  ["an empty text", "8180 00000000", [["text", ""]]],
  ["an empty binary", "8280 37fa213d", [["binary", ""]]],
  ["a text in two fragments", "0183 00000000 48656c 8082 00000000 6c6f", [["text", "Hello"]]],
  [
    "a ping between fragments",
    "0183 00000000 48656c 8981 00000000 21 8082 00000000 6c6f",
    [
      ["ping", "21"],
      ["text", "Hello"],
    ],
  ],
  ["a character cut by fragments", "0181 00000000 e2 0081 00000000 82 8081 00000000 ac", [["text", "€"]]],
  ["empty fragments", "0280 00000000 0080 00000000 8081 00000000 ff", [["binary", "ff"]]],
  ["a close", "8882 00000000 03e8", [["close", "03e8"]]],
];
const FROM_SERVER: readonly [name: string, wire: string, events: Read[]][] = [
  ["an unmasked text", "8105 48656c6c6f", [["text", "Hello"]]],
  ["an unmasked text in fragments", "0103 48656c 8002 6c6f", [["text", "Hello"]]],
  ["an unmasked ping", "8905 48656c6c6f", [["ping", "48656c6c6f"]]],
  ["a text beyond ASCII", "8103 e282ac", [["text", "€"]]],
];

describe("frame reader", () => {
  const cases = [
    ...FROM_CLIENT.map((vector) => ["server", ...vector] as const),
    ...FROM_SERVER.map((vector) => ["client", ...vector] as const),
  ];
  for (const [role, name, wire, events] of cases)
    it(`as ${role}, reads ${name}, however it is cut`, () => {
      const bytes = hex(wire);
      expect(read([bytes], role)).to.deep.equal(events);
      expect(read(bytewise(bytes), role)).to.deep.equal(events);
      for (let cut = 0; cut <= bytes.length; cut++)
        expect(read([bytes.subarray(0, cut), bytes.subarray(cut)], role), `cut at ${cut}`).to.deep.equal(
          events,
        );
    });

  for (const length of [125, 126, 127, 255, 256, 65535, 65536, 65537])
    it(`reads ${length} bytes, cut anywhere near the header or not at all`, () => {
      const payload = Buffer.alloc(length, "ab");
      const wire = frame(BINARY, payload);
      const events = [["binary", payload.toString("hex")]];
      expect(read([wire])).to.deep.equal(events);
      for (let cut = 1; cut < 20; cut++)
        expect(read([wire.subarray(0, cut), wire.subarray(cut)])).to.deep.equal(events);
      expect(read([wire.subarray(0, -1), wire.subarray(-1)])).to.deep.equal(events);
    });

  it("reads many frames in one chunk in their order", () => {
    const texts = Array.from({ length: 200 }, (_, i) => `message ${i}`);
    const wire = Buffer.concat(texts.map((text) => frame(TEXT, text)));
    expect(read([wire])).to.deep.equal(texts.map((text) => ["text", text]));
  });

  it("goes on with the rest of a chunk when its owner stopped in the midst of it", () => {
    const reader = new FrameReader("server", LIMITS);
    reader.push(Buffer.concat([frame(TEXT, "a"), frame(TEXT, "b")]));
    expect(reader.next()).to.equal("text");
    reader.push(frame(TEXT, "c"));
    const rest: string[] = [];
    while (reader.next() !== undefined) rest.push(reader.text());
    expect(rest).to.deep.equal(["b", "c"]);
  });

  const FAULTS: readonly [name: string, wire: Buffer, fault: string][] = [
    ["an unmasked frame", frame(TEXT, "x", null), "1002 WS_ERR_EXPECTED_MASK"],
    ["a continuation of nothing", frame(0x80, "x"), "1002 WS_ERR_INVALID_OPCODE"],
    [
      "a new message inside a fragmented one",
      Buffer.concat([frame(0x01, "x"), frame(TEXT, "y")]),
      "1002 WS_ERR_INVALID_OPCODE",
    ],
    ["invalid UTF-8", frame(TEXT, hex("c328")), "1007 WS_ERR_INVALID_UTF8"],
    ["a surrogate in UTF-8", frame(TEXT, hex("eda080")), "1007 WS_ERR_INVALID_UTF8"],
    ["a text that ends inside a character", frame(TEXT, hex("41e282")), "1007 WS_ERR_INVALID_UTF8"],
    [
      "a fragmented text that ends inside a character",
      Buffer.concat([frame(0x01, "x"), frame(0x80, hex("e2"))]),
      "1007 WS_ERR_INVALID_UTF8",
    ],
  ];
  for (const [name, wire, fault] of FAULTS)
    it(`refuses ${name}, however it is cut`, () => {
      expect(read([wire]).at(-1)).to.deep.equal(["fault", fault]);
      expect(read(bytewise(wire)).at(-1)).to.deep.equal(["fault", fault]);
    });

  it("as client, refuses a masked frame", () => {
    expect(read([frame(TEXT, "x")], "client")).to.deep.equal([["fault", "1002 WS_ERR_UNEXPECTED_MASK"]]);
  });

  it("refuses an invalid fragmented text in its first invalid fragment", () => {
    expect(read([frame(0x01, hex("ff"))])).to.deep.equal([["fault", "1007 WS_ERR_INVALID_UTF8"]]);
  });

  it("refuses an invalid text while its frame is still arriving", () => {
    const wire = frame(TEXT, Buffer.concat([hex("f490"), Buffer.alloc(1000, "x")]));
    expect(read([wire.subarray(0, 10)])).to.deep.equal([["fault", "1007 WS_ERR_INVALID_UTF8"]]);
  });

  it("takes a message of maxPayload and refuses a larger one from its header", () => {
    const limits = { ...LIMITS, maxPayload: 1000 };
    expect(read([frame(BINARY, Buffer.alloc(1000))], "server", limits)[0]?.[0]).to.equal("binary");
    expect(read([hex("82fe 03e9")], "server", limits)).to.deep.equal([]);
    expect(read([hex("82fe 03e9 00000000")], "server", limits)).to.deep.equal([
      ["fault", "1009 WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"],
    ]);
  });

  it("counts all fragments against maxPayload", () => {
    const limits = { ...LIMITS, maxPayload: 10 };
    const wire = [frame(0x02, "12345"), frame(0x00, "12345"), frame(0x80, "1").subarray(0, 6)];
    expect(read(wire.slice(0, 2), "server", limits)).to.deep.equal([]);
    expect(read(wire, "server", limits)).to.deep.equal([["fault", "1009 WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"]]);
  });

  it("takes maxFragments fragments and refuses one more with 1008", () => {
    const limits = { ...LIMITS, maxFragments: 3 };
    const [first, middle, last] = [frame(0x01, ""), frame(0x00, ""), frame(0x80, "")];
    expect(read([first, middle, last], "server", limits)).to.deep.equal([["text", ""]]);
    expect(read([first, middle, middle, last], "server", limits)).to.deep.equal([
      ["fault", "1008 WS_ERR_TOO_MANY_BUFFERED_PARTS"],
    ]);
  });

  it("lets go of the latest message once there is nothing more to read", () => {
    const reader = new FrameReader("server", LIMITS);
    reader.push(frame(TEXT, "Hello"));
    expect([reader.next(), reader.text()]).to.deep.equal(["text", "Hello"]);
    expect([reader.next(), reader.text()]).to.deep.equal([undefined, ""]);
  });

  it("holds no memory for bytes that were announced and have not come", () => {
    const reader = new FrameReader("server", { ...LIMITS, maxPayload: 2 ** 40 });
    const before = process.memoryUsage().arrayBuffers;
    reader.push(Buffer.concat([hex("82ff 0000008000000000 00000000"), Buffer.alloc(1000)]));
    expect(reader.next()).to.equal(undefined);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(100_000);
  });

  it("gives a view of a chunk that the frame fills, and a copy out of a much larger one", () => {
    const reader = new FrameReader("client", LIMITS);
    const large = Buffer.alloc(1004, frame(BINARY, Buffer.alloc(1000), null));
    reader.push(large);
    reader.next();
    expect(reader.bytes().buffer).to.equal(large.buffer);

    for (const chunkBytes of [2000, 65_536]) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      frame(BINARY, "small", null).copy(chunk);
      reader.push(chunk.subarray(0, 7));
      reader.next();
      const small = reader.bytes();
      expect(small.toString()).to.equal("small");
      // Of its own, or what Node's pool takes anyway.
      expect(small.buffer.byteLength).to.be.at.most(8192);
    }
  });

  const piece = fc.record({
    opcode: fc.constantFrom(TEXT, BINARY, PING, PONG, CLOSE, 0x01, 0x02, 0x00, 0x80, 0x83, 0xc1),
    payload: fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text).subarray(0, 125)),
      fc.uint8Array({ maxLength: 125 }).map((array) => Buffer.from(array)),
      fc.integer({ min: 126, max: 70_000 }).map((length) => Buffer.alloc(length, "x")),
    ),
  });
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
  const split = (bytes: Buffer, at: number[]) => {
    const points = [0, ...at.map((x) => Math.floor(x * bytes.length)).sort((a, b) => a - b), bytes.length];
    return points.slice(1).map((point, i) => bytes.subarray(points[i], point));
  };

  it("gives the same events for any frames, valid or not, whole or cut anywhere", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), cuts, (pieces, at) => {
        const wire = Buffer.concat(pieces.map(({ opcode, payload }) => frame(opcode, payload)));
        expect(read(split(wire, at))).to.deep.equal(read([wire]));
      }),
      { numRuns: 500 },
    );
  });

  it("answers arbitrary bytes with events or a ProtocolError, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        cuts,
        fc.constantFrom<Role>("server", "client"),
        (array, at, role) => {
          const bytes = Buffer.from(array);
          expect(read(split(bytes, at), role)).to.deep.equal(read([bytes], role));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
