import { expect } from "chai";
import { fromPacketData, toPacketData } from "../src/binary.ts";

describe("message data", () => {
  it("takes text as it is, and other plain values as their text", () => {
    expect(toPacketData("é")).to.equal("é");
    expect(toPacketData(undefined)).to.equal("");
    expect(toPacketData(12)).to.equal("12");
    expect(toPacketData(null)).to.equal("null");
  });

  it("takes bytes in every shape, of a view only its part", async () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4);
    expect(toPacketData(buffer)).to.deep.equal(Uint8Array.of(1, 2, 3, 4));
    expect(toPacketData(new DataView(buffer, 1, 2))).to.deep.equal(Uint8Array.of(2, 3));
    expect(toPacketData(new Uint16Array(buffer, 2, 1))).to.deep.equal(Uint8Array.of(3, 4));
    expect(await toPacketData(new Blob([buffer]))).to.deep.equal(Uint8Array.of(1, 2, 3, 4));
  });

  it("refuses an object that holds no bytes", () => {
    expect(() => toPacketData({ a: 1 })).to.throw(TypeError, "Cannot send an object");
  });

  it("gives bytes as the binary type says, an ArrayBuffer of no more than them", async () => {
    const data = Buffer.from([0, 1, 2, 3]).subarray(1, 3);
    expect(fromPacketData(data, "nodebuffer")).to.equal(data);
    expect(fromPacketData(data, "arraybuffer")).to.deep.equal(Uint8Array.of(1, 2).buffer);
    const blob = fromPacketData(data, "blob") as Blob;
    expect(new Uint8Array(await blob.arrayBuffer())).to.deep.equal(Uint8Array.of(1, 2));
    expect(fromPacketData("text", "arraybuffer")).to.equal("text");
  });
});
