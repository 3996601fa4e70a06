/** What the parser is asked to do, and where ours means to come to something else than `socket.io-parser`. */

/** What both packages have. */
export interface Parser {
  Encoder: new (replacer?: Replacer) => { encode(packet: never): unknown[] };
  Decoder: new (
    options?: never,
  ) => {
    add(message: unknown): void;
    destroy(): void;
    on(event: "decoded", listener: (packet: unknown) => void): unknown;
  };
  isPacketValid(packet: never): boolean;
}

export type Replacer = (this: unknown, key: string, value: unknown) => unknown;

export interface Row {
  readonly title: string;
  readonly run: (parser: Parser) => unknown;
  /** Why we differ, and what ours comes to. Without it both have to come to the same. */
  readonly differs?: { readonly why: string; readonly ours: unknown };
}

/** What a call comes to that throws, and a message that a decoder refuses. */
export const THROWN = "thrown";

export const encoded = (packet: unknown, replacer?: Replacer) => (parser: Parser) =>
  new parser.Encoder(replacer).encode(packet as never);

/** All that a decoder makes of messages, in order. */
export const decoded =
  (messages: readonly unknown[], options?: unknown) =>
  (parser: Parser): unknown => {
    const seen: unknown[] = [];
    const decoder = new parser.Decoder(options as never);
    decoder.on("decoded", (packet) => seen.push(packet));
    for (const message of messages)
      try {
        decoder.add(message);
      } catch {
        seen.push(THROWN);
      }
    return seen;
  };

const valid = (packet: unknown) => (parser: Parser) => parser.isPacketValid(packet as never);

export const same = (title: string, run: Row["run"]): Row => ({ title, run });
export const differs = (title: string, run: Row["run"], ours: unknown, why: string): Row => ({
  title,
  run,
  differs: { why, ours },
});

const B = Buffer.of(1);
const HOLE = '{"_placeholder":true,"num":0}';
const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
const event = (...data: unknown[]) => ({ type: 2, nsp: "/", data });
const EVENT_X = { type: 2, nsp: "/", data: ["x"] };

const loop: Record<string, unknown> = {};
loop.self = loop;

class Upload {
  readonly file = B;
}

const UNREADABLE = "no peer could read what the reference writes here";
const KEY = "the reference takes __proto__ for the prototype, and loses what stands there";

export const ENCODING: readonly Row[] = [
  ...Object.entries<unknown>({
    "a CONNECT": { type: 0, nsp: "/" },
    "a CONNECT with auth": { type: 0, nsp: "/admin", data: { token: "x" } },
    "a CONNECT with a query": { type: 0, nsp: "/a?x=1" },
    "a CONNECT with bytes": { type: 0, nsp: "/", data: { b: B } },
    "a DISCONNECT": { type: 1, nsp: "/admin" },
    "an EVENT": event("x", 1, "é€", { a: [null, true] }),
    "an EVENT with an id": { type: 2, nsp: "/admin", id: 0, data: ["x"] },
    "an ACK": { type: 3, nsp: "/", id: 12, data: [] },
    "a CONNECT_ERROR": { type: 4, nsp: "/", data: { message: "no" } },
    "a CONNECT_ERROR of text": { type: 4, nsp: "/", data: "no" },
    "a CONNECT_ERROR with bytes": { type: 4, nsp: "/", data: { message: "no", data: B } },
    "an EVENT with bytes": event("x", B),
    "an ACK with bytes": { type: 3, nsp: "/a", id: 1, data: [{ list: [B, { b: B }] }] },
    "a Uint16Array": event("x", Uint16Array.of(1)),
    "an ArrayBuffer": event("x", new ArrayBuffer(2)),
    "a DataView": event("x", new DataView(new ArrayBuffer(2), 1)),
    "a Blob": event("x", new Blob(["a"])),
    "a File": event("x", new File(["a"], "name")),
    "a SharedArrayBuffer": event("x", new SharedArrayBuffer(2)),
    "no bytes, as bytes": event("x", Buffer.alloc(0)),
    "the same bytes twice": event("x", B, B),
    "bytes for data": { type: 2, nsp: "/", data: B },
    "bytes in an instance": event("x", new Upload()),
    "bytes in an object without a prototype": event("x", Object.assign(Object.create(null), { b: B })),
    "bytes that are inherited": event("x", Object.create({ b: B })),
    "bytes in a Map": event("x", new Map([["a", B]])),
    "bytes on a Date": event("x", Object.assign(new Date(0), { b: B })),
    "bytes that toJSON gives": event("x", { toJSON: () => B }),
    "bytes in what toJSON gives": event("x", { toJSON: () => ({ b: B }) }),
    "text that toJSON gives": event("x", { toJSON: () => "text" }),
    "a list with a hole": event("x", [undefined, B]),
    "a placeholder of the caller's": event("x", { _placeholder: true, num: 0 }),
    "a placeholder of the caller's beside bytes": event("x", { _placeholder: true, num: 7 }, B),
    "what JSON leaves out": event("x", undefined, () => {}, Symbol("a"), Number.NaN, Infinity),
    "a Date, a URL, an Error, a String": event(
      new Date(0),
      new URL("http://a/"),
      new Error("e"),
      new String("s"),
    ),
    "a BigInt": event("x", 10n),
    "a long text": event("x", "y".repeat(20_000)),
    "a long text that needs escapes": event("x", `${"y".repeat(20_000)}"\n\u2028\ud800`),
    "a key named __proto__": event("x", JSON.parse('{"__proto__":{"a":1}}')),
    "no data": { type: 2, nsp: "/" },
    "data of null": { type: 2, nsp: "/", data: null },
    "data of text": { type: 2, nsp: "/", data: "text" },
    "no namespace": { type: 2, data: ["x"] },
    "an empty namespace": { type: 2, nsp: "", data: ["x"] },
    "an id of null": { ...EVENT_X, id: null },
    "an id of text": { ...EVENT_X, id: "7" },
    "attachments that are not there": { ...EVENT_X, attachments: 3 },
    "data that refers to itself": event("x", loop),
    "data nested 20,000 levels deep": event("x", deep(20_000)),
    "data nested 1000 levels deep": event("x", deep(1000)),
  }).map(([title, packet]) => same(title, encoded(packet))),
  same(
    "a replacer",
    encoded(event("x", { a: 1, b: B }), (key, value) => (key === "a" ? undefined : value)),
  ),
  same(
    "a replacer that gives nothing",
    encoded(event("x"), () => null),
  ),
  differs("a BINARY_EVENT without bytes", encoded({ ...EVENT_X, type: 5 }), ['2["x"]'], UNREADABLE),
  differs(
    "a BINARY_EVENT with bytes",
    encoded({ type: 5, nsp: "/", data: [B] }),
    [`51-[${HOLE}]`, B],
    UNREADABLE,
  ),
  differs("a BINARY_ACK", encoded({ type: 6, nsp: "/", id: 1, data: [B] }), [`61-1[${HOLE}]`, B], UNREADABLE),
  differs("a type that does not exist", encoded({ ...EVENT_X, type: 7 }), THROWN, UNREADABLE),
  differs(
    "a key named __proto__ beside bytes",
    encoded(event(JSON.parse('{"__proto__":{"a":1}}'), B)),
    [`51-[{"__proto__":{"a":1}},${HOLE}]`, B],
    KEY,
  ),
  differs(
    "a Date that toJSON gives, beside bytes",
    encoded(event({ toJSON: () => new Date(0) }, B)),
    [`51-[{},${HOLE}]`, B],
    "what toJSON gives is not asked again, beside bytes no more than without",
  ),
  differs(
    "data nested 1200 levels deep",
    encoded(event("x", deep(1200))),
    THROWN,
    "no peer of ours would take it, and one in a browser might run out of stack",
  ),
];

const BLANKS = "blanks are no id, least of all 0";
const COUNT = "the number of attachments is written in digits";
const ODD_ID = "an id above 2^53 - 1 is not the one that was sent";
const NO_ID = "such a packet has no id";
const NO_TYPE = "nothing, or a blank, is no type; the reference takes it for a CONNECT";
const NO_DATA = "such a packet has data, which every receiver counts on";
const DEPTH = "data that nested could not be sent on: it would overflow the stack";
const LIMIT = "a limit that is none would be none in silence";
const NUM = "an index between two attachments is of neither";

const texts = (...wires: string[]): Row[] => wires.map((wire) => same(JSON.stringify(wire), decoded([wire])));
const refused = (why: string, ...wires: string[]): Row[] =>
  wires.map((wire) => differs(JSON.stringify(wire.slice(0, 40)), decoded([wire]), [THROWN], why));
/** Texts that announce one attachment, with that. */
const withBytes = (...wires: string[]): Row[] =>
  wires.map((wire) => same(`${JSON.stringify(wire)} and bytes`, decoded([wire, B])));

const placeholder = (num: string): string => `51-["x",{"_placeholder":true,"num":${num}}]`;

export const DECODING: readonly Row[] = [
  ...texts("0", "0{}", '0{"a":1}', "0/a,{}", "0/a", "0/a,", "0/a?x=1,", "0null", "0[]", '0"x"'),
  ...texts("1", "1/a,", "1{}", "1null", '1""'),
  ...texts('2["x"]', '2["x"] ', '21 ["x"]', '21["x"]', '20["x"]', '2007["x"]', '2/a,1["x"]', '2/a?b=c,["x"]'),
  ...texts("2[1]", "2[1.5,2]", '2[""]', '2["error"]', '2["__proto__"]', '2//,["x"]', '2/,["x"]'),
  ...texts("2[]", "2[null]", "2[{}]", "2[true]", "2[[]]", "2{}", '2"x"', "2null", "2{", '2["x"', '2["x"]]'),
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].flatMap(
    (name) => texts(`2["${name}"]`),
  ),
  ...texts('2/a,b,["x"]', '2,["x"]', '2a["x"]', '21.5["x"]', '2-1["x"]', '2+1["x"]', '21e3["x"]', '2٣["x"]'),
  ...texts('2["x",{"__proto__":{"a":1}}]', '2["x",{"_placeholder":true,"num":0}]', '29007199254740991["x"]'),
  ...texts(
    "31[]",
    "31{}",
    "31null",
    '3/a,12["x"]',
    '4"x"',
    "4{}",
    '4{"message":"no"}',
    "4[]",
    "4null",
    "4true",
  ),
  ...texts("7", "9", "a", "-1", " 2[]"),
  ...texts(
    '50-["x"]',
    "60-1[]",
    '500-["x"]',
    '5["x"]',
    '5-["x"]',
    '5-1-["x"]',
    '5e-["x"]',
    "5",
    "51",
    "6",
    "61",
  ),
  ...texts('510-["x"]', '511-["x"]', '5999999999-["x"]', "51-{}", `51-[${HOLE}]`),
  ...withBytes(
    '51-["x"]',
    `51-["x",${HOLE}]`,
    `51-["x",[{"a":${HOLE}}]]`,
    `51-/a,7["x",${HOLE}]`,
    `61-1[${HOLE}]`,
  ),
  ...withBytes('501-["x"]', '50000000000000000000001-["x"]', `51-["x",${HOLE},${HOLE}]`),
  ...withBytes('51-["x",{"_placeholder":true,"num":0,"a":1}]', '51-["x",{"_placeholder":1,"num":0}]'),
  ...withBytes(`51-["x",{"__proto__":${HOLE}}]`, `51-["x",{"a":${HOLE},"__proto__":{"b":1}}]`),
  ...withBytes('51-["x",{"_placeholder":true}]', placeholder("-0"), placeholder("0.0"), placeholder("0e5")),
  ...["-1", "1", "1e9", '"0"', '"splice"', "null", "{}", "[0]", "true"].flatMap((num) =>
    withBytes(placeholder(num)),
  ),
  same(
    "two attachments in the order of their numbers",
    decoded([`52-[1,{"_placeholder":true,"num":1},${HOLE}]`, B, Buffer.of(2)]),
  ),
  ...[B, Uint16Array.of(1), new ArrayBuffer(1), new Blob(["a"])].map((bytes) =>
    same(`${bytes.constructor.name} as an attachment`, decoded([`51-["x",${HOLE}]`, bytes])),
  ),
  same("bytes that nobody waits for, and then text", decoded([B, '2["x"]'])),
  same("text while a packet waits, and then its bytes", decoded(['51-["x"]', '2["y"]', B])),
  ...[1, {}, [], null, undefined, new String("2[]"), new SharedArrayBuffer(1)].flatMap((odd) => [
    same(`${JSON.stringify(odd)} for a message`, decoded([odd])),
    same(`${JSON.stringify(odd)} for an attachment`, decoded(['51-["x"]', odd])),
  ]),
  same("no options", decoded(['511-["x"]'], null)),
  same("a lower limit", decoded(['53-["x"]', '52-["x"]'], { maxAttachments: 2 })),
  same("a limit of none", decoded(['51-["x"]', '2["x"]'], { maxAttachments: 0 })),
  same("a higher limit", decoded(['511-["x"]'], { maxAttachments: 11 })),
  same(
    "a reviver",
    decoded(['2["x",1]'], (_key: string, value: unknown) => (value === 1 ? "one" : value)),
  ),
  same(
    "a reviver among options",
    decoded([`51-["x",${HOLE}]`, B], {
      reviver: (key: string, value: unknown) => (key === "0" ? "y" : value),
    }),
  ),
  same(
    "a reviver that gives something else than a list",
    decoded(['2["x"]'], () => 5),
  ),
  same(
    "a reviver that throws",
    decoded(['2["x"]', "0"], () => {
      throw new Error("mine");
    }),
  ),
  same("a decoder that was destroyed", (parser) => {
    const seen: unknown[] = [];
    const decoder = new parser.Decoder();
    decoder.on("decoded", (packet) => seen.push(packet));
    decoder.add('51-["x"]');
    decoder.destroy();
    decoder.add('2["y"]');
    return seen;
  }),
  same("a listener that throws", (parser) => {
    const decoder = new parser.Decoder();
    decoder.on("decoded", () => {
      throw new Error("mine");
    });
    decoder.add('2["x"]');
  }),
  differs('"2 [\\"x\\"]"', decoded(['2 ["x"]']), [EVENT_X], BLANKS),
  ...refused(BLANKS, '2\ufeff["x"]', '2\u00a0["x"]'),
  ...refused(ODD_ID, '29007199254740992["x"]', `2${"9".repeat(400)}["x"]`),
  ...refused(NO_ID, "012", "15", '45"x"'),
  ...refused(NO_TYPE, "", " "),
  ...refused(NO_DATA, "2", "2/a,", '2/a["x"]', "3", "31", "4"),
  ...refused("arguments are spread over a call, whose stack is bounded", `2["x"${",1".repeat(10_000)}]`),
  ...refused("an ACK of no event is for nobody", "3[]", '3["x"]'),
  ...refused(COUNT, '51e0-["x"]', '5 1-["x"]', '51 -["x"]', '5+1-["x"]', '50x1-["x"]', '51.0-["x"]'),
  ...refused("an ACK of no event is for nobody", `61-[${HOLE}]`),
  ...refused(NO_DATA, "51-"),
  ...refused(
    DEPTH,
    `2["x",${"[".repeat(20_000)}${"]".repeat(20_000)}]`,
    `2["x",${"[".repeat(1000)}${"]".repeat(1000)}]`,
  ),
  differs("an index of 0.5", decoded([placeholder("0.5"), B]), [THROWN], NUM),
  differs(
    "an object with base64 in it",
    decoded(['51-["x"]', { base64: true, data: "AQ==" }]),
    [THROWN],
    "no transport of ours or of theirs gives such an object",
  ),
  ...[
    { maxAttachments: "x" },
    { maxAttachments: Infinity },
    { maxAttachments: Number.NaN },
    { maxAttachments: -1 },
  ].map((options) =>
    differs(`a limit of ${options.maxAttachments}`, decoded(['2["x"]'], options), THROWN, LIMIT),
  ),
  differs(
    "a reviver that is no function",
    decoded(['2["x"]'], { reviver: "x" }),
    THROWN,
    LIMIT.replace("limit", "reviver"),
  ),
];

export const VALIDITY: readonly Row[] = [
  ...[
    {},
    { data: ["x"] },
    { type: 2, data: ["x"] },
    ...[1, "", "a", "/", null].map((nsp) => ({ ...EVENT_X, nsp })),
    ...[0, 1, -1, 1.5, Number.NaN, Infinity, 2 ** 60, "1", null, undefined].map((id) => ({ ...EVENT_X, id })),
    ...[0, 1, 2, 3, 4, 5, 6, 7, -1, 2.5, "2", "EVENT", null, undefined].flatMap((type) =>
      [
        undefined,
        null,
        "text",
        1,
        {},
        Object.create(null),
        new Upload(),
        [],
        ["x"],
        ["connect"],
        ["disconnecting"],
        [1],
        [null],
        [{}],
        [10n],
        ["x", B],
        B,
        new Date(0),
        new Map(),
      ].map((data) => ({ type, nsp: "/", data })),
    ),
  ].map((packet, index) => same(`packet ${index}`, valid(packet))),
  differs(
    "null",
    valid(null),
    false,
    "what is asked about may be anything: no is an answer, an exception is not",
  ),
];
