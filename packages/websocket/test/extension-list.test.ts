import { expect } from "chai";
import fc from "fast-check";
import { type Extension, formatExtension, parseExtensions } from "../src/extension-list.ts";

const extension = (name: string, ...params: Extension["params"]): Extension => ({ name, params });

// RFC 6455 §9.1, RFC 7692 §7.1, and a few more.
const LISTS: readonly [header: string, extensions: readonly Extension[]][] = [
  ["foo", [extension("foo")]],
  ["foo; bar", [extension("foo", ["bar", true])]],
  ["foo;bar;baz=2", [extension("foo", ["bar", true], ["baz", "2"])]],
  [
    "deflate-stream, mux; max-channels=4; flow-control, deflate-stream",
    [
      extension("deflate-stream"),
      extension("mux", ["max-channels", "4"], ["flow-control", true]),
      extension("deflate-stream"),
    ],
  ],
  ["foo; x=10; x=8; x", [extension("foo", ["x", "10"], ["x", "8"], ["x", true])]],
  ['foo; x="10"', [extension("foo", ["x", "10"])]],
  ['foo; x="\\1\\0", bar', [extension("foo", ["x", "10"]), extension("bar")]],
  [" \tfoo\t ;\tbar = 1 , baz ", [extension("foo", ["bar", "1"]), extension("baz")]],
  ['foo; x = "1" ; y', [extension("foo", ["x", "1"], ["y", true])]],
  [", ,foo,,bar,", [extension("foo"), extension("bar")]],
  [
    "constructor; __proto__=1, __proto__",
    [extension("constructor", ["__proto__", "1"]), extension("__proto__")],
  ],
  ["!#$%&'*+-.^_`|~09azAZ", [extension("!#$%&'*+-.^_`|~09azAZ")]],
];

const MALFORMED = [
  "",
  " ",
  ",",
  ", ,",
  "foo bar",
  "foo;",
  "foo;,bar",
  ";foo",
  "foo; ;bar",
  "=",
  "foo=1",
  "foo; =1",
  "foo; x=",
  "foo; x=, bar",
  "foo; x==1",
  "foo; x=1=2",
  "foo; x=1 2",
  "foo; x y",
  'foo; x="',
  'foo; x="1',
  'foo; x=""',
  'foo; x="a b"',
  'foo; x="a,b"',
  'foo; x="1"2',
  'foo; x=1"2"',
  'foo; x="\\"',
  'foo; x="1\\',
  'foo; x="\\"1"',
  'foo; "x"',
  '"foo"',
  "foo; x='1\n'",
  "foo\n",
  "foo\0",
  "é",
  "foo; x=é",
  "foo(bar)",
  "foo/1",
];

describe("extension list", () => {
  for (const [header, extensions] of LISTS)
    it(`reads ${JSON.stringify(header)}`, () => {
      expect(parseExtensions(header)).to.deep.equal(extensions);
    });

  for (const header of MALFORMED)
    it(`refuses ${JSON.stringify(header)}`, () => {
      expect(parseExtensions(header)).to.equal(undefined);
    });

  it("writes an extension with its parameters", () => {
    expect(formatExtension(extension("foo"))).to.equal("foo");
    expect(formatExtension(extension("foo", ["bar", true], ["baz", "2"]))).to.equal("foo; bar; baz=2");
  });

  for (const broken of [
    extension(""),
    extension("a b"),
    extension("foo", ["x\r\nSet-Cookie: a", true]),
    extension("foo", ["x", ""]),
    extension("foo", ["x", "1, bar"]),
  ])
    it(`refuses to write ${JSON.stringify(broken)}`, () => {
      expect(() => formatExtension(broken)).to.throw(TypeError, "must be tokens");
    });

  const token = fc.string({
    unit: fc.constantFrom(..."!#$%&'*+-.^_`|~059azAZ"),
    minLength: 1,
    maxLength: 12,
  });
  const param = fc.tuple(token, fc.oneof(token, fc.constant<true>(true)));
  const list = fc.array(fc.record({ name: token, params: fc.array(param, { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 4,
  });

  it("reads what it writes", () => {
    fc.assert(
      fc.property(list, (extensions) => {
        expect(parseExtensions(extensions.map(formatExtension).join(", "))).to.deep.equal(extensions);
      }),
    );
  });

  it("reads a value in quotes, each of its characters escaped or not, as it reads the bare one", () => {
    fc.assert(
      fc.property(token, fc.infiniteStream(fc.boolean()), (value, escapes) => {
        const quoted = [...value].map((char) => (escapes.next().value ? `\\${char}` : char)).join("");
        expect(parseExtensions(`foo; x="${quoted}"`)).to.deep.equal([extension("foo", ["x", value])]);
      }),
    );
  });

  it("neither throws nor makes up tokens, whatever the text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...'ab1;;,,==""\\ \t'), maxLength: 30 }),
    );
    fc.assert(
      fc.property(text, (header) => {
        // What was read can be written, so all of it is tokens; and it is read as the same again.
        const extensions = parseExtensions(header);
        if (extensions !== undefined)
          expect(parseExtensions(extensions.map(formatExtension).join(","))).to.deep.equal(extensions);
      }),
      { numRuns: 2000 },
    );
  });

  const MEGABYTE = 1_000_000;
  const FLOODS: readonly [name: string, header: string][] = [
    ["blanks between words", `foo${" ".repeat(MEGABYTE)}bar`],
    ["blanks at both ends", `${" ".repeat(MEGABYTE)}foo${"\t".repeat(MEGABYTE)}`],
    ["blanks before a fault", `foo;${" ".repeat(MEGABYTE)}=`],
    ["blanks around each parameter", `foo${" ; x ".repeat(MEGABYTE / 5)}`],
    ["semicolons", `foo${";".repeat(MEGABYTE)}`],
    ["commas", `${",".repeat(MEGABYTE)}foo`],
    ["quotes", `foo; x=${'"'.repeat(MEGABYTE)}`],
    ["an open quote", `foo; x="${"1".repeat(MEGABYTE)}`],
    ["an open quote for each parameter", 'foo; x="1'.repeat(MEGABYTE / 9)],
    ["backslashes", `foo; x="${"\\".repeat(MEGABYTE)}"`],
    ["a long token", "a".repeat(MEGABYTE)],
    ["a long token with a fault at its end", `${"a".repeat(MEGABYTE)}(`],
    ["extensions", "a,".repeat(MEGABYTE / 2)],
  ];
  for (const [name, header] of FLOODS)
    it(`takes linear time over 1 MB of ${name}`, () => {
      const before = process.cpuUsage();
      parseExtensions(header);
      // Some 20 ms; quadratic time would be minutes.
      expect(process.cpuUsage(before).user).to.be.lessThan(1_000_000);
    });
});
