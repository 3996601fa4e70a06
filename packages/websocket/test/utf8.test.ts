import { isUtf8 } from "node:buffer";
import { expect } from "chai";
import fc from "fast-check";
import { checkUtf8Prefix } from "../src/utf8.ts";
import { hex } from "./support/bytes.ts";

const refuses = (bytes: Buffer) => {
  try {
    return checkUtf8Prefix(bytes, 0, bytes.length) < 0;
  } catch (error) {
    return (error as { closeCode?: number }).closeCode === 1007;
  }
};

describe("UTF-8 that arrives in pieces", () => {
  const CUT: readonly [bytes: string, validTo: number][] = [
    ["", 0],
    ["41", 1],
    ["41 c3", 1],
    ["41 e2", 1],
    ["41 e282", 1],
    ["41 e282ac", 4],
    ["f0", 0],
    ["f09f", 0],
    ["f09f98", 0],
    ["f09f9880", 4],
    ["ed9f", 0],
    ["f48f", 0],
    ["e0a0", 0],
    ["f090", 0],
  ];
  for (const [bytes, validTo] of CUT)
    it(`takes ${bytes || "nothing"}, valid to ${validTo}`, () => {
      expect(checkUtf8Prefix(hex(bytes), 0, hex(bytes).length)).to.equal(validTo);
    });

  // Each is refused though more bytes may come: none could make it valid.
  for (const bytes of [
    "80",
    "c0",
    "c1",
    "f5",
    "ff",
    "e080",
    "e09f",
    "eda0",
    "f080",
    "f08f",
    "f490",
    "e2e2",
    "f09f41",
    "c341",
    "e28282 82",
    "808080",
  ])
    it(`refuses ${bytes} at once`, () => {
      expect(refuses(hex(bytes))).to.equal(true);
    });

  it("takes every prefix of a valid text, going on from where it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
        const bytes = Buffer.from(text);
        let checked = 0;
        for (let to = 0; to <= bytes.length; to++) checked = checkUtf8Prefix(bytes, checked, to);
        expect(checked).to.equal(bytes.length);
      }),
    );
  });

  it("agrees with a check of the whole on arbitrary bytes fed one by one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (array) => {
        const bytes = Buffer.from(array);
        let valid = true;
        try {
          let checked = 0;
          for (let to = 1; to <= bytes.length; to++) checked = checkUtf8Prefix(bytes, checked, to);
          valid = checked === bytes.length;
        } catch {
          valid = false;
        }
        expect(valid).to.equal(isUtf8(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});
