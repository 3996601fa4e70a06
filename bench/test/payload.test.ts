import { expect } from "chai";
import { binaryPayload, eventPayload, messageText, packetPayload, textPayload } from "../src/load/payload.ts";

describe("payloads of the load generator", () => {
  for (const [name, makePayload] of Object.entries({ textPayload, binaryPayload }))
    it(`${name} gives every message of every connection a content of its own, of the size asked for`, () => {
      const contents = [0, 1].flatMap((connection) =>
        [0, 1, 2].map((sequence) => makePayload(connection, sequence, 32).bytes),
      );
      expect(new Set(contents.map((bytes) => bytes.toString("hex"))).size).to.equal(6);
      for (const bytes of contents) expect(bytes.length).to.equal(32);
    });

  it("keeps clear of what JSON would escape", () => {
    const text = messageText(99, 127, 500);
    expect(JSON.stringify(text)).to.equal(`"${text}"`);
  });

  it("wraps a text as a Socket.IO event", () => {
    const { kind, bytes } = eventPayload(7, 1, 15);
    expect([kind, bytes.toString()]).to.deep.equal(["text", '42["echo","7.1.........The"]']);
  });

  it("puts the digit of a message before a text, for Engine.IO", () => {
    const { kind, bytes } = packetPayload(7, 1, 15);
    expect([kind, bytes.toString()]).to.deep.equal(["text", "47.1.........The"]);
  });

  it("puts every byte value into binary data, so that it is no text", () => {
    const { kind, bytes } = binaryPayload(0, 0, 300);
    expect(kind).to.equal("binary");
    expect(new Set(bytes).size).to.equal(256);
  });

  it("refuses a size with no room for the numbers", () => {
    expect(() => messageText(1, 1, 8)).to.throw(RangeError, "A message needs at least 12 bytes, got 8");
  });
});
