import { expect } from "chai";
import { FrameQueue } from "../src/frame-queue.ts";
import { FIN, OPCODE } from "../src/opcodes.ts";
import { prepareText } from "../src/prepared-message.ts";

describe("frame queue", () => {
  it("encodes small frames into one buffer, and counts its bytes", () => {
    const queue = new FrameQueue(undefined);
    queue.text("a", false);
    queue.frame(FIN | OPCODE.binary, Buffer.from("b"), false);
    queue.text("c", false);
    expect(queue.bytes).to.equal(9);
    expect(queue.take().map((buffer) => buffer.toString("hex"))).to.deep.equal(["810161820162810163"]);
    expect(queue.bytes).to.equal(0);
    expect(queue.take()).to.deep.equal([]);
  });

  it("keeps the order of small, large and prepared frames, and copies neither of the latter", () => {
    const queue = new FrameQueue(undefined);
    const large = Buffer.alloc(5000);
    const prepared = prepareText("p");
    queue.text("a", false);
    queue.prepared(prepared, false);
    queue.frame(FIN | OPCODE.binary, large, false);
    queue.text("b", false);
    const [first, second, header, data, last] = queue.take();
    expect([first, header, last].map((buffer) => buffer?.toString("hex"))).to.deep.equal([
      "810161",
      "827e1388",
      "810162",
    ]);
    expect(second).to.equal(prepared.frame);
    expect(data?.buffer).to.equal(large.buffer);
  });

  it("writes frames that wait into memory of its own, and lets go of that once emptied", () => {
    const queue = new FrameQueue(undefined);
    queue.text("a", true);
    queue.text("b", true);
    const [first, ...more] = queue.take();
    expect(first?.toString("hex")).to.equal("810161810162");
    expect(more).to.deep.equal([]);
    expect(first?.buffer.byteLength).to.be.lessThan(10_000);
    queue.text("c", true);
    expect(queue.take()[0]?.buffer).not.to.equal(first?.buffer);
  });
});
