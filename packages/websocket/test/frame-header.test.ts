import { expect } from "chai";
import { FrameHeader } from "../src/frame-header.ts";
import { hex } from "./support/bytes.ts";

const read = (wire: string) => {
  const header = new FrameHeader();
  const bytes = hex(wire);
  return { size: header.read(bytes, 0, bytes.length, false), ...header };
};

describe("frame header", () => {
  const base = { fin: true, compressed: false, masked: false, key: 0 };
  const VECTORS: readonly [wire: string, header: object][] = [
    ["8105", { ...base, size: 2, opcode: 1, length: 5 }],
    ["8185 37fa213d", { ...base, size: 6, opcode: 1, length: 5, masked: true, key: 0x3d21fa37 }],
    ["0103", { ...base, size: 2, opcode: 1, length: 3, fin: false }],
    ["8002", { ...base, size: 2, opcode: 0, length: 2 }],
    ["8905", { ...base, size: 2, opcode: 9, length: 5 }],
    ["827e 0100", { ...base, size: 4, opcode: 2, length: 256 }],
    ["827f 0000000000010000", { ...base, size: 10, opcode: 2, length: 65536 }],
    ["827f 001fffffffffffff", { ...base, size: 10, opcode: 2, length: Number.MAX_SAFE_INTEGER }],
    ["82fe 007e 01020380", { ...base, size: 8, opcode: 2, length: 126, masked: true, key: 0x80030201 | 0 }],
  ];
  for (const [wire, header] of VECTORS)
    it(`reads ${wire}, and asks for more while a byte is missing`, () => {
      expect(read(wire)).to.deep.equal(header);
      const digits = wire.replaceAll(" ", "");
      for (let cut = 0; cut < digits.length; cut += 2) expect(read(digits.slice(0, cut)).size).to.equal(0);
    });

  it("takes RSV1 on the first frame of a data message alone, where compression was agreed on", () => {
    const header = new FrameHeader();
    const read = (wire: string) => header.read(hex(wire), 0, hex(wire).length, true);
    for (const wire of ["c105", "c205", "4105"]) {
      expect(read(wire)).to.equal(2);
      expect(header.compressed).to.equal(true);
    }
    for (const wire of ["c005", "4005", "c805", "c905", "ca05"])
      expect(() => read(wire))
        .to.throw()
        .that.includes({ code: "WS_ERR_UNEXPECTED_RSV_1", closeCode: 1002 });
    expect(() => read("e105"))
      .to.throw()
      .that.includes({ code: "WS_ERR_UNEXPECTED_RSV_2_3" });
  });

  const FAULTS: readonly [wire: string, code: string, closeCode: number][] = [
    ["c105", "WS_ERR_UNEXPECTED_RSV_1", 1002],
    ["a105", "WS_ERR_UNEXPECTED_RSV_2_3", 1002],
    ["9105", "WS_ERR_UNEXPECTED_RSV_2_3", 1002],
    ["8305", "WS_ERR_INVALID_OPCODE", 1002],
    ["8705", "WS_ERR_INVALID_OPCODE", 1002],
    ["8b05", "WS_ERR_INVALID_OPCODE", 1002],
    ["8f05", "WS_ERR_INVALID_OPCODE", 1002],
    ["0805", "WS_ERR_EXPECTED_FIN", 1002],
    ["0900", "WS_ERR_EXPECTED_FIN", 1002],
    ["897e", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", 1002],
    ["88ff", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", 1002],
    ["827e 007d", "WS_ERR_NON_MINIMAL_LENGTH", 1002],
    ["827f 000000000000ffff", "WS_ERR_NON_MINIMAL_LENGTH", 1002],
    ["827f 8000000000000000", "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", 1009],
    ["827f 0020000000000000", "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", 1009],
  ];
  for (const [wire, code, closeCode] of FAULTS)
    it(`refuses ${wire} with ${closeCode}, ${code}`, () => {
      expect(() => read(wire))
        .to.throw()
        .that.includes({ code, closeCode });
    });
});
