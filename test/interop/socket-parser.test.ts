/** The classes of our parser beside those of `socket.io-parser`, given the same input. */
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import * as ourModule from "@towline/socket.io-parser";
import { expect } from "chai";
import fc from "fast-check";
import * as theirModule from "reference-socket.io-parser";
import {
  DECODING,
  decoded,
  ENCODING,
  encoded,
  type Parser,
  type Row,
  THROWN,
  VALIDITY,
} from "./socket-parser-rows.ts";

const ours: Parser = ourModule;
const theirs: Parser = theirModule;

function outcomeOf(run: Row["run"], parser: Parser): unknown {
  try {
    return comparable(run(parser));
  } catch {
    return THROWN;
  }
}

/** Keys as a list, so that one named `__proto__` counts; bytes by what they are. */
function comparable(value: unknown): unknown {
  if (value instanceof Blob) return { blob: value.size };
  if (value instanceof ArrayBuffer) return { arrayBuffer: Buffer.from(value).toString("hex") };
  if (ArrayBuffer.isView(value))
    return {
      [value.constructor.name]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex"),
    };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => [key, comparable(each)])
    .sort();
}

for (const [subject, rows] of [
  ["encoding", ENCODING],
  ["decoding", DECODING],
] as const)
  describe(`the parser beside socket.io-parser: ${subject}`, () => {
    for (const row of rows)
      it(row.differs ? `differs for ${row.title}: ${row.differs.why}` : `is the same for ${row.title}`, () =>
        check(row),
      );
  });

describe("the parser beside socket.io-parser: isPacketValid", () => {
  it("says the same of every packet, and has an answer for what is none", () => {
    for (const row of VALIDITY) check(row);
  });
});

function check({ title, run, differs }: Row): void {
  const [theirOutcome, ourOutcome] = [outcomeOf(run, theirs), outcomeOf(run, ours)];
  expect(ourOutcome, title).to.deep.equal(differs === undefined ? theirOutcome : comparable(differs.ours));
  // Where they have come to agree, the row has to say so.
  if (differs !== undefined) expect(isDeepStrictEqual(ourOutcome, theirOutcome), title).to.equal(false);
}

describe("the parser beside socket.io-msgpack-parser", () => {
  const require = createRequire(import.meta.url);
  const msgpack = require("socket.io-msgpack-parser") as Parser & Record<string, unknown>;
  const names = Object.keys(msgpack);

  it("has the names that it has", () => {
    expect(names).to.include.members(["Encoder", "Decoder", "protocol", "PacketType"]);
    expect(Object.keys(ourModule)).to.include.members(names);
    expect(ourModule.protocol).to.equal(msgpack.protocol);
  });

  it("is used in the same way, and finds its packets valid", () => {
    for (const packet of [
      { type: 0, nsp: "/", data: { token: "x" } },
      { type: 1, nsp: "/admin" },
      { type: 2, nsp: "/", id: 3, data: ["x", { bytes: Buffer.of(1, 2) }] },
      { type: 3, nsp: "/", id: 3, data: [] },
      { type: 4, nsp: "/", data: { message: "no" } },
    ])
      for (const parser of [ours, msgpack]) {
        const [seen] = decoded(encoded(packet)(parser) as unknown[])(parser) as [object];
        expect(comparable(seen)).to.deep.equal(comparable(packet));
        expect(ours.isPacketValid(seen as never)).to.equal(true);
      }
  });
});

describe("the parser beside socket.io-parser: properties", () => {
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.string({ unit: "binary" }),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, new Date(0)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc.uint16Array({ maxLength: 4 }),
      fc.array(tie("node"), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((key) => key !== "__proto__" && key !== "_placeholder"),
        tie("node"),
        { maxKeys: 4, noNullPrototype: true },
      ),
      fc.array(tie("node"), { maxLength: 2 }).map((given) => ({ toJSON: () => given })),
    ),
  })).node;
  const packet = fc.record(
    {
      type: fc.constantFrom(2, 3),
      nsp: fc.constantFrom("/", "/admin", "/a?b=c"),
      id: fc.maxSafeNat(),
      data: fc.array(value, { maxLength: 4 }).map((args) => ["name", ...args]),
    },
    { requiredKeys: ["type", "nsp", "data"] },
  );

  it("writes the same messages", () => {
    fc.assert(
      fc.property(packet, (each) => {
        expect(outcomeOf(encoded(each), ours)).to.deep.equal(outcomeOf(encoded(each), theirs));
      }),
    );
  });

  it("reads what the other has written, both ways", () => {
    fc.assert(
      fc.property(packet, (each) => {
        const id = each.type === 3 ? { id: 1 } : {};
        const options = { maxAttachments: 1000 };
        for (const [writer, reader] of [
          [ours, theirs],
          [theirs, ours],
        ] as const) {
          const messages = encoded({ ...id, ...each })(writer);
          const seen = outcomeOf(decoded(messages, options), reader);
          expect(seen).to.deep.equal(outcomeOf(decoded(messages, options), writer));
          expect(seen).to.have.length(1);
        }
      }),
    );
  });

  it("reads the same from any text that is not one of the differences above", () => {
    const json = fc
      .oneof(
        fc.json({ maxDepth: 3 }),
        fc.json().map((each) => `["x",${each}]`),
        fc.string(),
      )
      .filter((each) => !/^\s/.test(each));
    const text = fc
      .record({
        type: fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "a"),
        count: fc.oneof(
          fc.constant(""),
          fc.nat(12).map((count) => `${count}-`),
          fc.constantFrom("-", "1", "x-"),
        ),
        nsp: fc.constantFrom("", "/,", "/a,", "/a?b=c,", "/a"),
        id: fc.oneof(fc.constant(""), fc.maxSafeNat().map(String), fc.constantFrom("-1", "1.5")),
        json,
      })
      .map(
        ({ type, count, nsp, id, json: payload }) =>
          type + (type === "5" || type === "6" ? count : "") + nsp + id + payload,
      );
    const bytes = Array.from({ length: 12 }, () => Buffer.of(1));
    fc.assert(
      fc.property(text, (wire) => {
        const [theirOutcome, ourOutcome] = [theirs, ours].map((parser) =>
          outcomeOf(decoded([wire, ...bytes]), parser),
        );
        expect(ourOutcome).to.deep.equal(
          isListed(wire) ? [THROWN, ...bytes.map(() => THROWN)] : theirOutcome,
        );
      }),
      { numRuns: 1000 },
    );
  });

  /** Of the rows above: a packet without the data or the id that its type has, or with an id that it has not. */
  function isListed(wire: string): boolean {
    const parts = /^(?<type>[0-4]|[56]\d+-)(\/[^,]*,?)?(?<id>\d*)(?<payload>.*)$/s.exec(wire)?.groups;
    const [type, hasId, hasPayload] = [wire.charAt(0), parts?.id !== "", parts?.payload !== ""];
    if (parts === undefined) return false;
    if (type === "0" || type === "1") return hasId;
    if (type === "4") return hasId || !hasPayload;
    return !hasPayload || ((type === "3" || type === "6") && !hasId);
  }
});
