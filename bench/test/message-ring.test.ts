import { expect } from "chai";
import { tcp, websocket } from "../src/load/dialect.ts";
import { MessageRing, messageText } from "../src/load/message-ring.ts";

describe("message ring", () => {
  it("gives every message of every connection a text of its own, of the size asked for", () => {
    const texts = [0, 1].flatMap((connection) =>
      [0, 1, 2].map((sequence) => messageText(connection, sequence, 32)),
    );
    expect(new Set(texts).size).to.equal(6);
    for (const text of texts) expect(Buffer.byteLength(text)).to.equal(32);
  });

  it("keeps clear of what JSON would escape", () => {
    const text = messageText(99, 127, 500);
    expect(JSON.stringify(text)).to.equal(`"${text}"`);
  });

  it("refuses a size with no room for the numbers", () => {
    expect(() => messageText(1, 1, 8)).to.throw(RangeError, "A message needs at least 12 bytes, got 8");
  });

  it("holds requests and answers of one size each, in order", () => {
    const ring = new MessageRing(websocket, 7, 4, 32);
    // 42["echo","…"] around 32 bytes makes 45; a client's frame has 6 more, a server's 2.
    expect([ring.requestSize, ring.answerSize]).to.deep.equal([51, 47]);
    expect(ring.answers.length).to.equal(4 * 47);
    expect(ring.answers.toString("latin1", 47, 47 + 21)).to.equal('\x81\x2d42["echo","7.1.....');
  });

  it("expects over TCP the very bytes it sends", () => {
    const ring = new MessageRing(tcp, 0, 4, 32);
    expect(ring.answers.equals(ring.requests)).to.equal(true);
  });
});
