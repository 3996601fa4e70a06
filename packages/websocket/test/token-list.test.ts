import { expect } from "chai";
import { isToken, parseTokenList } from "../src/token-list.ts";

describe("token list", () => {
  const list = (text: string) => {
    const tokens = parseTokenList(text);
    return tokens && [...tokens];
  };

  it("reads tokens in their order, blanks around them ignored", () => {
    expect(list("chat")).to.deep.equal(["chat"]);
    expect(list("chat, superchat\t,\tv1.0")).to.deep.equal(["chat", "superchat", "v1.0"]);
    expect(list("constructor,__proto__")).to.deep.equal(["constructor", "__proto__"]);
  });

  for (const text of ["", " ", ",", "a,", ",a", "a,,b", "a b", "a,a", "é", 'a"', "a;b", "a\n"])
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(list(text)).to.equal(undefined);
    });

  it("takes linear time over a flood of blanks", () => {
    const flood = `a${" ".repeat(1_000_000)}b${" ".repeat(1_000_000)},${"\t".repeat(1_000_000)}c`;
    const before = process.cpuUsage();
    expect(list(flood)).to.equal(undefined);
    // Quadratic time would be minutes.
    expect(process.cpuUsage(before).user).to.be.lessThan(1_000_000);
  });

  it("knows a token", () => {
    expect(isToken("!#$%&'*+-.^_`|~09azAZ")).to.equal(true);
    expect(isToken("a b")).to.equal(false);
  });
});
