import { expect } from "chai";
import { encodeClientFrame, encodeServerFrame, readServerFrame } from "../src/load/frame.ts";

const KEY = Buffer.from("37fa213d", "hex");
const HELLO = Buffer.from("Hello");

describe("frames of the load generator", () => {
  // RFC 6455 §5.7 gives both of these.
  it("masks what a client sends", () => {
    expect(encodeClientFrame("text", HELLO, KEY).toString("hex")).to.equal("818537fa213d7f9f4d5158");
  });

  it("leaves what a server sends as it is", () => {
    expect(encodeServerFrame("text", HELLO).toString("hex")).to.equal("810548656c6c6f");
  });

  it("marks binary messages and closing frames as such", () => {
    expect(encodeServerFrame("binary", Buffer.of(0xff)).toString("hex")).to.equal("8201ff");
    expect(encodeClientFrame("close", Buffer.from("03e8", "hex"), KEY).toString("hex")).to.equal(
      "888237fa213d3412",
    );
  });

  for (const [length, head] of [
    [125, "817d"],
    [126, "817e007e"],
    [65535, "817effff"],
    [65536, "817f0000000000010000"],
  ] as const)
    it(`uses the shortest form of a length for ${length} bytes`, () => {
      const frame = encodeServerFrame("text", Buffer.alloc(length, "x"));
      expect(frame.subarray(0, head.length / 2).toString("hex")).to.equal(head);
      expect(frame.length).to.equal(head.length / 2 + length);
    });

  it("sets the mask bit beside a long length", () => {
    const frame = encodeClientFrame("text", Buffer.alloc(200, "x"), KEY);
    expect(frame.subarray(0, 8).toString("hex")).to.equal("81fe00c837fa213d");
  });

  for (const size of [0, 5, 300])
    it(`reads a frame of ${size} bytes only when all of it is there`, () => {
      const text = "y".repeat(size);
      const frame = encodeServerFrame("text", Buffer.from(text));
      for (let cut = 0; cut < frame.length; cut++)
        expect(readServerFrame(frame.subarray(0, cut))).to.equal(undefined);
      const followed = Buffer.concat([frame, Buffer.from("more")]);
      expect(readServerFrame(followed)).to.deep.equal({ value: text, size: frame.length });
    });
});
