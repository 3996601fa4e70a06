import { expect } from "chai";
import { forgetJoined, joinFrames } from "../src/joined-frames.ts";

const hexOf = (buffers: readonly Buffer[]) => buffers.map((buffer) => buffer.toString("hex"));

describe("joined frames", () => {
  const [a, b, c] = ["01", "02", "03"].map((digits) => Buffer.from(digits, "hex")) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const large = Buffer.alloc(20_000, 0xaa);

  it("leaves none, and one, as they are", () => {
    expect(joinFrames([])).to.deep.equal([]);
    expect(joinFrames([a])[0]).to.equal(a);
  });

  it("joins small neighbours and hands large ones on without a copy", () => {
    const joined = joinFrames([a, b, large, c]);
    expect(hexOf(joined)).to.deep.equal(["0102", large.toString("hex"), "03"]);
    expect(joined[1]).to.equal(large);
  });

  it("gives the same buffers again for the same frames, and new ones for others or after it forgot", () => {
    const first = joinFrames([a, b]);
    expect(joinFrames([a, b])).to.equal(first);
    expect(hexOf(joinFrames([b, a]))).to.deep.equal(["0201"]);
    const again = joinFrames([a, b]);
    expect(again).not.to.equal(first);
    forgetJoined();
    expect(joinFrames([a, b])).not.to.equal(again);
  });

  it("makes no joined buffer of more than 64 KiB", () => {
    const frames = Array.from({ length: 100 }, (_, i) => Buffer.alloc(1000, i));
    const joined = joinFrames(frames);
    expect(joined.length).to.equal(2);
    expect(joined[0]?.length).to.equal(65_000);
    expect(Buffer.concat([...joined]).equals(Buffer.concat(frames))).to.equal(true);
  });
});
