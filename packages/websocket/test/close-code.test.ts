import { expect } from "chai";
import { decodeClosePayload, encodeClosePayload, isValidCloseCode } from "../src/close-code.ts";
import { hex } from "./support/bytes.ts";

describe("close code", () => {
  const VECTORS: readonly [wire: string, code: number, reason: string][] = [
    ["03e8", 1000, ""],
    ["03e8 627965", 1000, "bye"],
    ["0fa0 e282ac", 4000, "€"],
    ["03f6", 1014, ""],
  ];
  for (const [wire, code, reason] of VECTORS)
    it(`${wire} ⇄ ${code} ${JSON.stringify(reason)}`, () => {
      expect(encodeClosePayload(code, reason)).to.deep.equal(hex(wire));
      expect(decodeClosePayload(hex(wire))).to.deep.equal({ code, reason });
    });

  it("reads an empty payload as 1005, and writes no code as an empty payload", () => {
    expect(decodeClosePayload(Buffer.alloc(0))).to.deep.equal({ code: 1005, reason: "" });
    expect(encodeClosePayload()).to.have.length(0);
  });

  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])
    it(`refuses ${code}, sent or received`, () => {
      const wire = Buffer.from([code >> 8, code & 255]);
      expect(() => decodeClosePayload(wire))
        .to.throw()
        .with.property("code", "WS_ERR_INVALID_CLOSE_CODE");
      expect(() => encodeClosePayload(code)).to.throw(TypeError, "Close code must be");
    });

  it("refuses what is no whole number", () => {
    for (const code of ["1000", 1000.5, Number.NaN, null, {}]) expect(isValidCloseCode(code)).to.equal(false);
  });

  it("refuses a payload of one byte", () => {
    expect(() => decodeClosePayload(hex("03")))
      .to.throw()
      .with.property("code", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH");
  });

  it("refuses a reason that is not UTF-8 with 1007", () => {
    expect(() => decodeClosePayload(hex("03e8 c328")))
      .to.throw()
      .with.property("closeCode", 1007);
  });

  it("takes a reason of 123 bytes and refuses one of 124", () => {
    expect(encodeClosePayload(1000, `${"é".repeat(61)}x`)).to.have.length(125);
    expect(() => encodeClosePayload(1000, "é".repeat(62))).to.throw(RangeError, "at most 123 bytes, got 124");
  });

  it("refuses a reason without a code", () => {
    expect(() => encodeClosePayload(undefined, "why")).to.throw(TypeError, "needs a close code");
  });
});
