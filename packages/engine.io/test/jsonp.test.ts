import { expect } from "chai";
import { callbackIndex, decodeForm, encodeScript } from "../src/transports/jsonp.ts";

describe("JSONP", () => {
  it("keeps only the digits of the callback's index, since it becomes script", () => {
    expect(callbackIndex("12")).to.equal("12");
    expect(callbackIndex("0];alert(1)//")).to.equal("01");
    expect(callbackIndex(["1", "2"])).to.equal("12");
  });

  it("writes a call of the page's function", () => {
    expect(encodeScript("3", '6:4"hi"')).to.equal('___eio[3]("6:4\\"hi\\"");');
  });

  it("escapes the line ends that only scripts know", () => {
    expect(encodeScript("0", "\u2028\u2029\n")).to.equal('___eio[0]("\\u2028\\u2029\\n");');
  });

  for (const [form, payload] of [
    ["d=6%3A4hello", "6:4hello"],
    ["d=4%3A4a%5Cnb", "4:4a\nb"],
    ["d=5%3A4a%5C%5Cnb", "5:4a\\nb"],
    ["d=a+b&d=c", undefined],
  ] as const)
    it(`reads the form ${form}`, () => {
      expect(decodeForm(form)).to.equal(payload);
    });

  it("finds no payload in another form", () => {
    expect(decodeForm("e=1")).to.equal(undefined);
    expect(decodeForm("")).to.equal(undefined);
  });
});
