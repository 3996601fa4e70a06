import { expect } from "chai";
import { tcp, websocket } from "../src/load/dialect.ts";
import { MessageRing } from "../src/load/message-ring.ts";
import { eventPayload, textPayload } from "../src/load/payload.ts";

describe("message ring", () => {
  it("holds requests and answers of one size each, in order", () => {
    const ring = new MessageRing(websocket, eventPayload, 7, 4, 32);
    // 42["echo","…"] around 32 bytes makes 45; a client's frame has 6 more, a server's 2.
    expect([ring.requestSize, ring.answerSize]).to.deep.equal([51, 47]);
    expect(ring.answers.length).to.equal(4 * 47);
    expect(ring.answers.toString("latin1", 47, 47 + 21)).to.equal('\x81\x2d42["echo","7.1.....');
  });

  it("expects over TCP the very bytes it sends", () => {
    const ring = new MessageRing(tcp, textPayload, 0, 4, 32);
    expect(ring.answers.equals(ring.requests)).to.equal(true);
  });
});
