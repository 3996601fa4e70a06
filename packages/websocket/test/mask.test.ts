import { expect } from "chai";
import { applyMask, isAsciiOr, rotateKey } from "../src/mask.ts";
import { nextMaskKey } from "../src/mask-keys.ts";

const KEY = 0x3d21fa37; // octets 37 fa 21 3d
const octets = [0x37, 0xfa, 0x21, 0x3d];

describe("mask", () => {
  it("masks the RFC's Hello", () => {
    const bytes = Buffer.from("Hello");
    applyMask(bytes, 0, 5, KEY);
    expect(bytes.toString("hex")).to.equal("7f9f4d5158");
  });

  it("gives the same for every length and alignment as octet by octet, and leaves the neighbours alone", () => {
    for (let length = 0; length < 140; length++)
      for (let offset = 0; offset < 4; offset++) {
        const bytes = Buffer.alloc(length + 8, 0x11);
        applyMask(bytes, offset, offset + length, KEY);
        const expected = Buffer.alloc(length + 8, 0x11);
        for (let i = 0; i < length; i++) expected[offset + i] = 0x11 ^ (octets[i & 3] as number);
        expect(bytes.equals(expected), `length ${length} at ${offset}`).to.equal(true);
      }
  });

  it("tells from its result whether all bytes are ASCII, wherever the odd one is", () => {
    for (const length of [1, 3, 47, 48, 49, 200])
      for (let at = 0; at < length; at++) {
        const ascii = Buffer.alloc(length, 0x7f);
        expect(isAsciiOr(applyMask(ascii, 0, length, 0))).to.equal(true);
        ascii[at] = 0x80;
        expect(isAsciiOr(applyMask(ascii, 0, length, 0)), `${at} of ${length}`).to.equal(false);
      }
  });

  it("goes on in the midst of a payload with the key turned", () => {
    const whole = Buffer.alloc(200, 7);
    applyMask(whole, 0, 200, KEY);
    for (let cut = 0; cut <= 200; cut++) {
      const parts = Buffer.alloc(200, 7);
      applyMask(parts, 0, cut, KEY);
      applyMask(parts, cut, 200, rotateKey(KEY, cut));
      expect(parts.equals(whole), `cut at ${cut}`).to.equal(true);
    }
  });

  it("draws different keys", () => {
    const keys = Array.from({ length: 3000 }, nextMaskKey);
    expect(keys.every(Number.isInteger)).to.equal(true);
    expect(new Set(keys).size).to.be.greaterThan(2990);
  });
});
