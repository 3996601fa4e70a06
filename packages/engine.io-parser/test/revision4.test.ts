import { revision4 } from "@towline/engine.io-parser";
import { expect } from "chai";
import { bytes, NOT_A_PACKET, TEXT_PACKETS } from "./vectors.ts";

const BINARY = { type: "message", data: bytes("01 02 03 04") } as const;

describe("revision 4: packets", () => {
  for (const [wire, packet] of TEXT_PACKETS)
    it(`${JSON.stringify(wire)} ⇄ ${packet.type}`, () => {
      expect(revision4.encodePacket(packet, true)).to.equal(wire);
      expect(revision4.decodePacket(wire)).to.deep.equal(packet);
    });

  it("writes bytes as they are, or as base64 after b", () => {
    expect(revision4.encodePacket(BINARY, true)).to.equal(BINARY.data);
    expect(revision4.encodePacket(BINARY, false)).to.equal("bAQIDBA==");
  });

  it("reads bytes, however they came, as a message", () => {
    expect(revision4.decodePacket(BINARY.data)).to.deep.equal(BINARY);
    expect(revision4.decodePacket("bAQIDBA==")).to.deep.equal(BINARY);
    expect(revision4.decodePacket("bAQIDBA")).to.deep.equal(BINARY);
  });

  for (const [wire, code] of [
    ...NOT_A_PACKET,
    ["b!!!!", "EIO_BAD_BASE64"],
    ["bAQIDB", "EIO_BAD_BASE64"],
  ] as const)
    it(`refuses ${JSON.stringify(wire)} with ${code}`, () => {
      expect(() => revision4.decodePacket(wire))
        .to.throw()
        .with.property("code", code);
    });
});

describe("revision 4: payloads", () => {
  const packets = [{ type: "message", data: "hello" }, { type: "ping" }, BINARY] as const;
  const body = "4hello\x1e2\x1ebAQIDBA==";

  it("joins packets with the record separator", () => {
    expect(revision4.encodePayload(packets, true)).to.equal(body);
  });

  it("splits a body into its packets", () => {
    expect(revision4.decodePayload(body)).to.deep.equal(packets);
  });

  for (const [title, wire, code] of [
    ["an empty body", "", "EIO_EMPTY_PAYLOAD"],
    ["an empty packet", "4a\x1e\x1e4b", "EIO_EMPTY_PACKET"],
    ["a body with one bad packet", "4a\x1ez", "EIO_UNKNOWN_PACKET"],
    ["a body of bytes", bytes("34"), "EIO_UNKNOWN_PACKET"],
  ] as const)
    it(`refuses ${title} as a whole`, () => {
      expect(() => revision4.decodePayload(wire))
        .to.throw()
        .with.property("code", code);
    });
});
