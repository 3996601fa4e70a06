import { expect } from "chai";
import { hexDump } from "../../src/client/wire/hex-dump.ts";

describe("hex dump", () => {
  it("shows sixteen bytes a line, with what of them is printable", () => {
    expect(hexDump(new TextEncoder().encode('42["message","é"]'))).to.equal(
      '000000  34 32 5b 22 6d 65 73 73 61 67 65 22 2c 22 c3 a9  42["message","..\n' +
        '000010  22 5d                                            "]',
    );
  });

  it("shows nothing of nothing", () => expect(hexDump(new Uint8Array(0))).to.equal(""));
});
