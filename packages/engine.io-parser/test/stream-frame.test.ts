import { encodeStreamFrame, type Packet } from "@towline/engine.io-parser";
import { expect } from "chai";
import { bytes } from "./vectors.ts";

const HEADERS: readonly [title: string, packet: Packet, header: string, payloadLength: number][] = [
  ["a packet without data", { type: "ping" }, "01", 1],
  ["text, by its length in UTF-8", { type: "message", data: "€" }, "04", 4],
  ["bytes", { type: "message", data: bytes("01 02 03") }, "83", 3],
  ["125 bytes", { type: "message", data: Buffer.alloc(125) }, "fd", 125],
  ["126 bytes", { type: "message", data: Buffer.alloc(126) }, "fe 00 7e", 126],
  ["65,535 bytes", { type: "message", data: Buffer.alloc(65_535) }, "fe ff ff", 65_535],
  ["65,536 bytes", { type: "message", data: Buffer.alloc(65_536) }, "ff 00 00 00 00 00 01 00 00", 65_536],
  ["126 characters", { type: "message", data: "x".repeat(125) }, "7e 00 7e", 126],
  ["65,536 characters", { type: "message", data: "x".repeat(65_535) }, "7f 00 00 00 00 00 01 00 00", 65_536],
];

describe("a packet on a stream", () => {
  for (const [title, packet, header, payloadLength] of HEADERS)
    it(`begins with <${header}> for ${title}`, () => {
      const frame = encodeStreamFrame(packet);
      expect(Buffer.from(frame.header)).to.deep.equal(bytes(header));
      expect(frame.payload).to.have.length(payloadLength);
    });

  it("is its text in UTF-8", () => {
    expect(Buffer.from(encodeStreamFrame({ type: "message", data: "a€" }).payload)).to.deep.equal(
      bytes("34 61 e2 82 ac"),
    );
  });

  it("is its bytes, not a copy", () => {
    const data = bytes("01 02");
    expect(encodeStreamFrame({ type: "message", data }).payload).to.equal(data);
  });

  it("is the text b when it carries no bytes, as a length of 0 is an error to others", () => {
    const { header, payload } = encodeStreamFrame({ type: "message", data: Buffer.alloc(0) });
    expect([...header, ...payload]).to.deep.equal([1, 0x62]);
  });

  it("is refused when its type has no code", () => {
    expect(() => encodeStreamFrame({ type: "error", data: "parser error" })).to.throw(TypeError, '"error"');
  });
});
