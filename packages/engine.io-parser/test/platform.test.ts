import { expect } from "chai";
import * as browser from "../src/platform.browser.ts";
import * as node from "../src/platform.ts";

for (const [name, platform] of [
  ["Node", node],
  ["browsers", browser],
] as const)
  describe(`platform of ${name}`, () => {
    it("writes and reads base64", () => {
      expect(platform.toBase64(Uint8Array.of(1, 2, 3, 4))).to.equal("AQIDBA==");
      expect([...(platform.fromBase64("AQIDBA==") ?? [])]).to.deep.equal([1, 2, 3, 4]);
    });

    it("writes more bytes than a call may have arguments", () => {
      const big = new Uint8Array(300_000).fill(255);
      expect(platform.toBase64(big)).to.equal("/".repeat(400_000));
    });

    for (const bad of ["*", "AQ*=", "A", "AQIDB"])
      it(`finds that ${JSON.stringify(bad)} is not base64`, () => {
        expect(platform.fromBase64(bad)).to.equal(undefined);
      });

    it("writes and reads UTF-8, a byte order mark included", () => {
      expect([...platform.toUtf8("€")]).to.deep.equal([0xe2, 0x82, 0xac]);
      expect(platform.fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).to.equal("\ufeffa");
      expect(platform.fromUtf8(Uint8Array.of(0xff))).to.equal(undefined);
    });
  });
