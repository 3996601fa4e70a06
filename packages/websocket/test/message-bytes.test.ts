import { expect } from "chai";
import { toBytes } from "../src/message-bytes.ts";

describe("bytes of a message", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  shared.set([1, 2]);
  const words = new Uint16Array([0, 0x0201, 0]);
  const TAKEN: readonly [name: string, data: unknown, hex: string][] = [
    ["text", "€", "e282ac"],
    ["a lone surrogate", "\ud800", "efbfbd"],
    ["no text", "", ""],
    ["a number as its decimal digits", 4096, "34303936"],
    ["a negative number", -1.5, "2d312e35"],
    ["no number", Number.NaN, "4e614e"],
    ["a Buffer", Buffer.of(1, 2), "0102"],
    ["part of a Uint8Array", Uint8Array.of(0, 1, 2, 3).subarray(1, 3), "0102"],
    ["part of a Uint16Array", words.subarray(1, 2), "0102"],
    ["part of a DataView", new DataView(words.buffer, 2, 2), "0102"],
    ["a Float32Array", new Float32Array([1]), "0000803f"],
    ["an ArrayBuffer", Uint8Array.of(1, 2).buffer, "0102"],
    ["a SharedArrayBuffer", shared.buffer, "0102"],
    ["a view of a SharedArrayBuffer", shared, "0102"],
    ["an array of octets", [1, 258, -1], "0102ff"],
    ["what stands for text", { valueOf: () => "ab" }, "6162"],
    ["what stands for bytes", { valueOf: () => Uint8Array.of(1, 2) }, "0102"],
    ["what can be made text", { [Symbol.toPrimitive]: () => "ab" }, "6162"],
    ["a String", new String("ab"), "6162"],
    ["a Buffer out of JSON", JSON.parse(JSON.stringify(Buffer.of(1, 2))), "0102"],
    ["what only claims a length", { length: 3 }, "000000"],
  ];
  for (const [name, data, hex] of TAKEN)
    it(`takes ${name}`, () => {
      expect(toBytes(data).toString("hex")).to.equal(hex);
    });

  it("does not copy a Buffer or a view", () => {
    const buffer = Buffer.of(1, 2);
    expect(toBytes(buffer)).to.equal(buffer);
    expect(toBytes(words).buffer).to.equal(words.buffer);
  });

  it("refuses what is no message, and names it", () => {
    for (const [data, name] of [
      [null, "null"],
      [undefined, "undefined"],
      [true, "boolean"],
      [1n, "bigint"],
      [Symbol("x"), "symbol"],
      [() => {}, "function"],
      [{}, "another object"],
      [new Number(5), "another object"],
      [{ valueOf: () => 5 }, "another object"],
      [new Map(), "another object"],
      [new Blob(["x"]), "another object"],
    ])
      expect(() => toBytes(data), String(name)).to.throw(TypeError, `got ${String(name)}`);
  });
});
