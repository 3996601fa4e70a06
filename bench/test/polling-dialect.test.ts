import { expect } from "chai";
import { polling3, polling4 } from "../src/load/polling-dialect.ts";

describe("payloads of polling in the load generator", () => {
  it("are joined by record separators in revision 4", () => {
    expect(polling4.encode(["4hello", "3"])).to.equal("4hello\u001e3");
    expect(polling4.decode("4hello\u001e2")).to.deep.equal(["4hello", "2"]);
  });

  it("have lengths in revision 3", () => {
    expect(polling3.encode(["2", "4hello"])).to.equal("1:26:4hello");
    expect(polling3.decode("1:36:4hello")).to.deep.equal(["3", "4hello"]);
  });

  for (const payload of ["4hello", "6:4hell", "0:", ":4", "x:4", "1:3rest", "-1:4"])
    it(`leave ${payload} as it is, which is none of revision 3`, () => {
      expect(polling3.decode(payload)).to.deep.equal([payload]);
    });
});
