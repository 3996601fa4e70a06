/** The functions and streams of our parser beside those of `engine.io-parser`, given the same input. */
import { isDeepStrictEqual } from "node:util";
import type { BinaryType, Packet } from "@towline/engine.io-parser";
import * as ours from "@towline/engine.io-parser";
import { expect } from "chai";
import fc from "fast-check";
import * as theirs from "reference-engine.io-parser";

/** What both packages have. */
interface Parser {
  encodePacket(packet: Packet, supportsBinary: boolean, callback: (wire: unknown) => void): void;
  decodePacket(wire: unknown, binaryType?: BinaryType): Packet;
  encodePayload(packets: Packet[], callback: (body: string) => void): void;
  decodePayload(body: string, binaryType?: BinaryType): Packet[];
  createPacketEncoderStream(): TransformStream;
  createPacketDecoderStream(maxPayload: number, binaryType: BinaryType): TransformStream;
}

/** What a call came to. Bytes are compared as bytes, so that a `Buffer` may stand for a `Uint8Array`. */
type Outcome = { readonly value: unknown } | { readonly thrown: true };

interface Row {
  readonly title: string;
  readonly run: (parser: Parser) => unknown;
  /** Why we differ, and what ours comes to. Without it both have to come to the same. */
  readonly differs?: { readonly why: string; readonly ours: unknown };
}

async function outcomeOf(run: Row["run"], parser: Parser): Promise<Outcome> {
  try {
    return { value: comparable(await run(parser)) };
  } catch {
    return { thrown: true };
  }
}

function comparable(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return { arrayBuffer: Buffer.from(value).toString("hex") };
  if (ArrayBuffer.isView(value))
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex") };
  if (value instanceof Blob) return { blob: value.size };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, comparable(each)]));
}

const THROWN = Symbol("throws");
const ERROR = { type: "error", data: "parser error" };
const message = (data: unknown): Packet => ({ type: "message", data });
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** What the callback of an encoder has got by the time the call returns. */
const encoded = (packet: unknown, supportsBinary: boolean) => (parser: Parser) => {
  const seen: unknown[] = [];
  parser.encodePacket(packet as Packet, supportsBinary, (wire) => seen.push(wire));
  return seen;
};
const encodedBody = (packets: unknown) => (parser: Parser) => {
  const seen: unknown[] = [];
  parser.encodePayload(packets as Packet[], (body) => seen.push(body));
  return seen;
};
const decoded = (wire: unknown, binaryType?: BinaryType) => (parser: Parser) =>
  parser.decodePacket(wire, binaryType);
const decodedBody = (body: unknown, binaryType?: BinaryType) => (parser: Parser) =>
  parser.decodePayload(body as string, binaryType);

const streamed = (packets: readonly unknown[]) => (parser: Parser) =>
  through(parser.createPacketEncoderStream(), packets);
const unstreamed =
  (chunks: readonly unknown[], limit: unknown = 1_000_000, binaryType: BinaryType = "nodebuffer") =>
  (parser: Parser) =>
    through(parser.createPacketDecoderStream(limit as number, binaryType), chunks);

async function through(stream: TransformStream, chunks: readonly unknown[]): Promise<unknown[]> {
  const writer = stream.writable.getWriter();
  const write = async (): Promise<void> => {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  };
  const collect = async (): Promise<unknown[]> => {
    const reader = stream.readable.getReader();
    const all: unknown[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) all.push(next.value);
    return all;
  };
  const [all] = await Promise.all([collect(), write()]);
  return all;
}

const same = (title: string, run: Row["run"]): Row => ({ title, run });
const differs = (title: string, run: Row["run"], value: unknown, why: string): Row => ({
  title,
  run,
  differs: { why, ours: value },
});

const TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;
const VIEWS: Readonly<Record<string, unknown>> = {
  "a Buffer": bytes("01 02"),
  "a part of a Buffer": bytes("01 02 03 04").subarray(1, 3),
  "an empty Buffer": Buffer.alloc(0),
  "a Uint8Array": Uint8Array.of(1, 2),
  "a part of a Uint8Array": Uint8Array.of(1, 2, 3, 4).subarray(1, 3),
  "a Uint16Array": Uint16Array.of(1, 2),
  "a Float64Array": Float64Array.of(1),
  "a DataView": new DataView(new ArrayBuffer(3), 1),
  "an ArrayBuffer": Uint8Array.of(1, 2).buffer,
};
const OTHER_DATA: readonly unknown[] = [
  "",
  "a",
  "€\ud800",
  undefined,
  null,
  0,
  1,
  true,
  false,
  {},
  [1, 2],
  new Date(0),
];

const UNREADABLE = "no peer could read what the reference writes here";
const BASE64 = "the reference skips what is not base64 and gives other bytes than were meant";
const ODD = "odd input from the network is an error, never an exception and never data that is undefined";
const ELEMENTS = "the reference reads the view's elements or all of its buffer, not its bytes";
const STOPS = "once lost, the stream is not read on: what follows is no packet but payload";
const LIMIT = "a limit that is none would be none in silence";

const ENCODING: readonly Row[] = [
  ...TYPES.flatMap((type) => [
    same(`${type} with text`, encoded({ type, data: "x" }, true)),
    same(`${type} without data`, encoded({ type }, false)),
    same(`${type} with bytes`, encoded({ type, data: bytes("01") }, true)),
    same(`${type} with bytes as text`, encoded({ type, data: bytes("01") }, false)),
  ]),
  ...Object.entries(VIEWS).flatMap(([name, data]) => [
    same(name, encoded(message(data), true)),
    same(`${name} as text`, encoded(message(data), false)),
  ]),
  ...OTHER_DATA.map((data) => same(`${JSON.stringify(data)} as data`, encoded(message(data), true))),
  same("options beside the data", encoded({ ...message("a"), options: { compress: true } }, true)),
  same("no packet", encoded(null, true)),
  differs("the type error", encoded({ type: "error", data: "x" }, true), THROWN, UNREADABLE),
  differs("a type that does not exist", encoded({ type: "constructor" }, true), THROWN, UNREADABLE),
  differs("an object without a type", encoded({}, true), THROWN, UNREADABLE),
  differs(
    "a Blob",
    encoded(message(new Blob(["ab"])), true),
    [{ blob: 2 }],
    "the reference writes [object Blob]",
  ),
  differs(
    "a SharedArrayBuffer as text",
    encoded(message(new SharedArrayBuffer(2)), false),
    ["bAAA="],
    "the reference writes [object SharedArrayBuffer]",
  ),
  same("a payload of one", encodedBody([{ type: "open" }])),
  same("a payload with text and bytes", encodedBody([message("a"), message(bytes("01")), { type: "noop" }])),
  same("no list of packets", encodedBody(null)),
  differs("a payload of none", encodedBody([]), [""], "the reference never calls back"),
];

const DECODING: readonly Row[] = [
  ...[
    "",
    "0",
    "1",
    "2probe",
    "3",
    "4",
    "4a",
    "4€\ud800",
    "5",
    "6",
    "7",
    "9",
    "B",
    "error",
    "-1",
    " 4a",
    "\x044",
  ].flatMap((wire) => [
    same(JSON.stringify(wire), decoded(wire)),
    same(`${JSON.stringify(wire)} in a payload`, decodedBody(wire)),
  ]),
  ...["b", "bAQID", "bAQIDBA==", "bAQIDBA", "bAQ==", "bAQI_-w==", "b="].flatMap((wire) => [
    same(JSON.stringify(wire), decoded(wire)),
    same(`${JSON.stringify(wire)} as an ArrayBuffer`, decoded(wire, "arraybuffer")),
    same(`${JSON.stringify(wire)} as a Blob, which Node gives as a Buffer`, decoded(wire, "blob")),
  ]),
  ...["b!!!!", "bA", "bAQ*=", "b AQ ID", "b===="].map((wire) =>
    differs(JSON.stringify(wire), decoded(wire), ERROR, BASE64),
  ),
  ...(
    ["a Buffer", "a part of a Buffer", "an empty Buffer", "a Uint8Array", "an ArrayBuffer"] as const
  ).flatMap((name) =>
    [undefined, "nodebuffer" as const, "blob" as const].map((type) =>
      same(`${name} as ${type}`, decoded(VIEWS[name], type)),
    ),
  ),
  ...(["a Buffer", "a part of a Buffer", "an empty Buffer", "an ArrayBuffer"] as const).map((name) =>
    same(`${name} as an ArrayBuffer`, decoded(VIEWS[name], "arraybuffer")),
  ),
  differs("a Uint16Array", decoded(Uint16Array.of(0x0201)), message({ bytes: "0102" }), ELEMENTS),
  differs(
    "a DataView",
    decoded(new DataView(Uint8Array.of(0, 1, 2).buffer, 1)),
    message({ bytes: "0102" }),
    ELEMENTS,
  ),
  ...[null, undefined, 1, true, {}].map((odd) => differs(`${JSON.stringify(odd)}`, decoded(odd), ERROR, ODD)),
  ...[[], [4], new String("4a")].map((odd) =>
    differs(`the object ${JSON.stringify(odd)}`, decoded(odd), ERROR, ODD),
  ),
  ...[1, true, {}, []].map((odd) =>
    differs(`${JSON.stringify(odd)} as an ArrayBuffer`, decoded(odd, "arraybuffer"), ERROR, ODD),
  ),
  ...["\x1e", "4a\x1e", "\x1e4a", "4a\x1e\x1e4b", "4a\x1ez\x1e4b", "4a\x1ebAQ==\x1e2"].flatMap((body) => [
    same(`${JSON.stringify(body)} in a payload`, decodedBody(body)),
    same(`${JSON.stringify(body)} in a payload, bytes as an ArrayBuffer`, decodedBody(body, "arraybuffer")),
  ]),
  differs("bad base64 within a payload", decodedBody("4a\x1eb!!!!\x1e4b"), [message("a"), ERROR], BASE64),
  ...[null, undefined, 1, Buffer.from("4a"), [], {}].map((body) =>
    same(`${String(body)} for a payload`, decodedBody(body)),
  ),
];

const STREAMS: readonly Row[] = [
  ...Object.entries(VIEWS)
    .filter(([name]) => name !== "an empty Buffer")
    .map(([name, data]) => same(`written: ${name}`, streamed([message(data)]))),
  ...["", "a", "€\ud800x", undefined, null].map((data) =>
    same(`written: ${JSON.stringify(data)}`, streamed([message(data)])),
  ),
  ...[124, 125, 65_534, 65_535].map((length) =>
    same(`written: ${length} characters`, streamed([message("x".repeat(length))])),
  ),
  ...[125, 126, 65_535, 65_536].map((length) =>
    same(`written: ${length} bytes`, streamed([message(Buffer.alloc(length))])),
  ),
  same(
    "written: several packets",
    streamed([{ type: "ping" }, { type: "open", data: "{}" }, message(bytes("01"))]),
  ),
  same("written: no packet", streamed([null])),
  differs(
    "written: an empty Buffer",
    streamed([message(Buffer.alloc(0))]),
    [{ bytes: "01" }, { bytes: "62" }],
    "the reference writes a length of 0, which its own decoder refuses; as base64 both read it",
  ),
  differs(
    "written: a number",
    streamed([message(5)]),
    [{ bytes: "02" }, { bytes: "3435" }],
    "the reference writes the text 45, marked as bytes",
  ),
  differs(
    "written: a Blob",
    streamed([message(new Blob(["ab"]))]),
    [{ bytes: "82" }, { bytes: "6162" }],
    "the reference writes [object Blob], marked as bytes",
  ),
  differs("written: the type error", streamed([{ type: "error" }]), THROWN, UNREADABLE),

  ...[
    "01 32",
    "02 34 61",
    "82 01 02",
    "01 32 02 34 61 81 07",
    "7e 00 03 34 61 62",
    "7f 00 00 00 00 00 00 00 03 34 61 62",
    "03 62 41 51",
    "02 34",
    "00",
    "00 02 34 61",
    "7e 00 00 02 34 61",
    "7f 00 00 00 00 00 00 00 00",
    "7f 00 20 00 00 00 00 00 00",
    "7f 00 1f ff ff ff ff ff ff",
    "ff 80 00 00 00 00 00 00 00",
    "02 37 61",
    "05 34 ef bb bf 61",
  ].flatMap((hex) => [
    same(`<${hex}>`, unstreamed([bytes(hex)])),
    same(`<${hex}>, bytes as an ArrayBuffer`, unstreamed([bytes(hex)], 1_000_000, "arraybuffer")),
  ]),
  same(
    "a packet, byte by byte",
    unstreamed(Array.from(bytes("03 34 61 62 82 01 02"), (byte) => Uint8Array.of(byte))),
  ),
  same("a packet as long as the limit", unstreamed([bytes("05 34 61 62 63 64")], 5)),
  same("the header of a packet above the limit", unstreamed([bytes("06")], 5)),
  same("a packet above the limit after another", unstreamed([bytes("02 34 61 06 34")], 5)),
  same("2^53 bytes where any length is allowed", unstreamed([bytes("7f 00 20 00 00 00 00 00 00")], Infinity)),
  same("a chunk that is nothing", unstreamed([null])),
  differs(
    "a chunk after an error",
    unstreamed([bytes("02 34 61 00"), bytes("02 34 61")]),
    [message("a"), ERROR],
    STOPS,
  ),
  differs(
    "the payload of a packet above the limit",
    unstreamed([bytes("06 34 61 62 63 64 65"), bytes("02 34 61")], 5),
    [ERROR],
    STOPS,
  ),
  differs("a packet after one of no known type", unstreamed([bytes("01 37 01 32")]), [ERROR], STOPS),
  differs(
    "bytes of length 0",
    unstreamed([bytes("80 01 32")]),
    [message({ bytes: "" }), { type: "ping" }],
    "the reference's encoder writes an empty message so, and refuses to read it",
  ),
  differs(
    "an empty chunk",
    unstreamed([new Uint8Array(0), bytes("01 32")]),
    [{ type: "ping" }],
    "the reference takes it for a byte",
  ),
  differs(
    "an ArrayBuffer as a chunk",
    unstreamed([Uint8Array.of(1, 0x32).buffer]),
    [{ type: "ping" }],
    "it holds bytes as well",
  ),
  differs(
    "text as a chunk",
    unstreamed(["x"]),
    THROWN,
    "it is a mistake of the application's, not of the peer's",
  ),
  differs(
    "text that is not UTF-8",
    unstreamed([bytes("03 34 ff 61")]),
    [ERROR],
    "as over WebSocket, text that would have to be mended is refused",
  ),
  differs(
    "a byte order mark before the type",
    unstreamed([bytes("04 ef bb bf 34")]),
    [ERROR],
    "as over WebSocket, nothing stands before the type",
  ),
  ...[0, -1, Number.NaN, null, "5"].map((limit) =>
    differs(`a limit of ${typeof limit} ${limit}`, unstreamed([bytes("02 34 61")], limit), THROWN, LIMIT),
  ),
];

for (const [subject, rows] of [
  ["encoding", ENCODING],
  ["decoding", DECODING],
  ["streams", STREAMS],
] as const)
  describe(`the parser beside engine.io-parser: ${subject}`, () => {
    for (const { title, run, differs: difference } of rows)
      it(
        difference === undefined ? `is the same for ${title}` : `differs for ${title}: ${difference.why}`,
        async () => {
          const [theirOutcome, ourOutcome] = [await outcomeOf(run, theirs), await outcomeOf(run, ours)];
          if (difference === undefined) return expect(ourOutcome).to.deep.equal(theirOutcome);
          expect(ourOutcome).to.deep.equal(
            difference.ours === THROWN ? { thrown: true } : { value: comparable(difference.ours) },
          );
          // Where they have come to agree, the row has to say so.
          expect(isDeepStrictEqual(ourOutcome, theirOutcome)).to.equal(false);
        },
      );
  });

describe("the parser beside engine.io-parser: properties", () => {
  const packet = fc.record(
    {
      type: fc.constantFrom(...TYPES),
      data: fc.oneof(
        fc.string({ unit: "binary" }),
        fc.uint8Array().map((each) => Buffer.from(each)),
        fc.uint16Array(),
        fc.integer(),
      ),
    },
    { requiredKeys: ["type"] },
  );

  it("writes the same packets and payloads", () => {
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1 }), fc.boolean(), (packets, supportsBinary) => {
        for (const run of [encodedBody(packets), ...packets.map((each) => encoded(each, supportsBinary))])
          expect(comparable(run(ours))).to.deep.equal(comparable(run(theirs)));
      }),
    );
  });

  it("reads the same from any text without base64", () => {
    const text = fc.string({
      unit: fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "a", "€", "\x1e", " "),
    });
    fc.assert(
      fc.property(text, (body) => {
        for (const run of [decodedBody(body), decoded(body)])
          expect(comparable(run(ours))).to.deep.equal(comparable(run(theirs)));
      }),
    );
  });

  it("reads the same from a stream that is written well, however it is cut", async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    const sound = fc.oneof(
      fc.string({ unit: "grapheme" }).map(message),
      fc.uint8Array({ minLength: 1 }).map((each) => message(Buffer.from(each))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(sound, { maxLength: 5 }), cuts, async (packets, steps) => {
        const wire = Buffer.concat((await streamed(packets)(theirs)) as Uint8Array[]);
        const chunks: Uint8Array[] = [];
        for (let start = 0, turn = 0; start < wire.length; turn++)
          chunks.push(wire.subarray(start, (start += steps[turn % steps.length] ?? 1)));
        expect(comparable(await unstreamed(chunks)(ours))).to.deep.equal(
          comparable(await unstreamed(chunks)(theirs)),
        );
      }),
    );
  });
});
