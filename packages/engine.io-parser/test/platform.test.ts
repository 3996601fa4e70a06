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

    for (const bad of ["*", "AQ*=", "A", "AQIDB", "AQ ID", " AQI", "===="])
      it(`finds that ${JSON.stringify(bad)} is not base64`, () => {
        expect(platform.fromBase64(bad)).to.equal(undefined);
      });

    it("writes and reads UTF-8, a byte order mark included", () => {
      expect([...platform.toUtf8("€")]).to.deep.equal([0xe2, 0x82, 0xac]);
      expect(platform.fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).to.equal("\ufeffa");
      expect(platform.fromUtf8(Uint8Array.of(0xff))).to.equal(undefined);
    });

    it("gives an ArrayBuffer of the bytes alone", () => {
      const part = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
      expect(platform.bytesAs(part, "arraybuffer")).to.deep.equal(Uint8Array.of(2, 3).buffer);
    });
  });

describe("bytes by binaryType", () => {
  const given = Uint8Array.of(1, 2);

  for (const type of ["nodebuffer", "blob", undefined] as const)
    it(`are a Buffer in Node for ${type}`, () => {
      const buffer = node.bytesAs(given, type);
      expect(buffer).to.be.instanceOf(Buffer);
      expect(buffer).to.deep.equal(Buffer.of(1, 2));
    });

  for (const type of ["nodebuffer", undefined] as const)
    it(`are an ArrayBuffer in browsers for ${type}`, () => {
      expect(browser.bytesAs(given, type)).to.deep.equal(Uint8Array.of(1, 2).buffer);
    });

  it("are a Blob in browsers for blob", async () => {
    const blob = browser.bytesAs(given, "blob");
    expect(blob).to.be.instanceOf(Blob);
    expect(await (blob as Blob).arrayBuffer()).to.deep.equal(Uint8Array.of(1, 2).buffer);
  });

  it("are not those of a SharedArrayBuffer, which an ArrayBuffer cannot be", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    expect(node.bytesAs(shared, "arraybuffer")).to.be.instanceOf(ArrayBuffer);
  });
});
