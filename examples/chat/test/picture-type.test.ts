import { expect } from "chai";
import { pictureType } from "../src/picture-type.ts";

const VECTORS: readonly [start: string, type: string | undefined][] = [
  ["89504e470d0a1a0a0000000d49484452", "image/png"],
  ["ffd8ffe000104a464946", "image/jpeg"],
  ["474946383761", "image/gif"],
  ["474946383961", "image/gif"],
  ["524946462400000057454250565038", "image/webp"],
  ["524946462400000057415645", undefined],
  ["000000000000000057454250", undefined],
  ["89504e470d0a1a", undefined],
  ["3c7376673e", undefined],
  ["", undefined],
];

describe("type of a picture", () => {
  for (const [start, type] of VECTORS)
    it(`${start || "nothing"} → ${type ?? "no picture"}`, () => {
      expect(pictureType(Buffer.from(start, "hex"))).to.equal(type);
    });
});
