import {
  decodePacket,
  decodePayload,
  encodePacket,
  encodePayload,
  protocol,
} from "@towline/engine.io-parser";
import { expect } from "chai";

describe("the functions of engine.io-parser 5", () => {
  it("name the revision they speak", () => {
    expect(protocol).to.equal(4);
  });

  it("encode by callback, ArrayBuffers and views included", () => {
    const seen: unknown[] = [];
    encodePacket({ type: "message", data: Uint8Array.of(1, 2, 3, 4).buffer }, false, (wire) =>
      seen.push(wire),
    );
    encodePacket({ type: "message", data: Uint16Array.of(0x0201, 0x0403) }, false, (wire) => seen.push(wire));
    encodePayload([{ type: "open", data: "{}" }, { type: "noop" }], (wire) => seen.push(wire));
    expect(seen).to.deep.equal(["bAQIDBA==", "bAQIDBA==", "0{}\x1e6"]);
  });

  it("give errors as packets, and stop a payload at the first", () => {
    expect(decodePacket("z")).to.deep.equal({ type: "error", data: "parser error" });
    expect(decodePayload("4a\x1ez\x1e4b")).to.deep.equal([
      { type: "message", data: "a" },
      { type: "error", data: "parser error" },
    ]);
  });

  it("give bytes as an ArrayBuffer when asked to", () => {
    const { data } = decodePacket("bAQIDBA==", "arraybuffer");
    expect(data).to.be.instanceOf(ArrayBuffer);
    expect(new Uint8Array(data as ArrayBuffer)).to.deep.equal(Uint8Array.of(1, 2, 3, 4));
  });
});
