import { expect } from "chai";
import { MessageCollector } from "../src/message-collector.ts";

describe("message collector", () => {
  it("gives back what was appended", () => {
    const collector = new MessageCollector(2);
    const source = Buffer.from("abcdefghij");
    collector.append(source, 0, 3, 10);
    collector.append(source, 3, 3, 10);
    collector.append(source, 3, 10, 10);
    expect(collector.take().toString()).to.equal("abcdefghij");
  });

  it("takes no more memory than twice what has come, nor than was announced", () => {
    const collector = new MessageCollector(2);
    const piece = Buffer.alloc(1000);
    for (let have = 1000; have <= 10_000; have += 1000) {
      collector.append(piece, 0, 1000, 10_000);
      const capacity = collector.take().buffer.byteLength;
      expect(capacity).to.be.at.most(Math.min(have * 2, 10_000));
    }
  });

  it("moves what it has only a few times, however small the pieces", () => {
    const collector = new MessageCollector(2);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100_000; i++) {
      collector.append(Buffer.of(7), 0, 1, 100_000);
      buffers.add(collector.take().buffer);
    }
    expect(buffers.size).to.be.lessThan(20);
  });
});
