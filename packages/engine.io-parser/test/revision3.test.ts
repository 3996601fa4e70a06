import { type Packet, ProtocolError, revision3 } from "@towline/engine.io-parser";
import { expect } from "chai";
import fc from "fast-check";
import { bytes, NOT_A_PACKET, TEXT_PACKETS } from "./vectors.ts";

const BINARY: Packet = { type: "message", data: bytes("01 02 03 04") };
const HELLO: Packet = { type: "message", data: "hello" };
const EURO: Packet = { type: "message", data: "€" };

describe("revision 3: packets", () => {
  for (const [wire, packet] of TEXT_PACKETS)
    it(`${JSON.stringify(wire)} ⇄ ${packet.type}`, () => {
      expect(revision3.encodePacket(packet, true)).to.equal(wire);
      expect(revision3.decodePacket(wire)).to.deep.equal(packet);
    });

  it("writes the type of a binary packet as its first byte, or as a digit after b", () => {
    expect(revision3.encodePacket(BINARY, true)).to.deep.equal(new Uint8Array(bytes("04 01 02 03 04")));
    expect(revision3.encodePacket(BINARY, false)).to.equal("b4AQIDBA==");
  });

  it("reads both ways of writing bytes", () => {
    expect(revision3.decodePacket(bytes("04 01 02 03 04"))).to.deep.equal(BINARY);
    expect(revision3.decodePacket("b4AQIDBA==")).to.deep.equal(BINARY);
  });

  for (const [wire, code] of [
    ...NOT_A_PACKET,
    ["b", "EIO_EMPTY_PACKET"],
    ["b9AQ==", "EIO_UNKNOWN_PACKET"],
    ["b4*", "EIO_BAD_BASE64"],
    [bytes(""), "EIO_EMPTY_PACKET"],
    [bytes("07 01"), "EIO_UNKNOWN_PACKET"],
    [bytes("34 61"), "EIO_UNKNOWN_PACKET"],
  ] as const)
    it(`refuses ${typeof wire === "string" ? JSON.stringify(wire) : `<${wire.toString("hex")}>`} with ${code}`, () => {
      expect(() => revision3.decodePacket(wire))
        .to.throw()
        .with.property("code", code);
    });
});

describe("revision 3: text payloads", () => {
  for (const [body, packets] of [
    ["6:4hello", [HELLO]],
    ["6:4hello2:4€", [HELLO, EURO]],
    ["3:4😀", [{ type: "message", data: "😀" }]],
    ["1:1", [{ type: "close" }]],
    ["10:b4AQIDBA==6:2probe", [BINARY, { type: "ping", data: "probe" }]],
  ] as [string, Packet[]][])
    it(`${JSON.stringify(body)} ⇄ ${packets.length} packet(s)`, () => {
      expect(revision3.encodePayload(packets, false)).to.equal(body);
      expect(revision3.decodePayload(body)).to.deep.equal(packets);
    });

  for (const [body, code] of [
    ["", "EIO_EMPTY_PAYLOAD"],
    ["hello", "EIO_BAD_LENGTH"],
    [":4a", "EIO_BAD_LENGTH"],
    ["-1:4", "EIO_BAD_LENGTH"],
    ["1.5:4a", "EIO_BAD_LENGTH"],
    ["1e3:4a", "EIO_BAD_LENGTH"],
    ["99999999999999:4", "EIO_BAD_LENGTH"],
    ["6", "EIO_BAD_LENGTH"],
    ["9:4hello", "EIO_SHORT_PAYLOAD"],
    ["5:4hello", "EIO_BAD_LENGTH"],
    ["0:", "EIO_EMPTY_PACKET"],
  ] as const)
    it(`refuses ${JSON.stringify(body)} with ${code}`, () => {
      expect(() => revision3.decodePayload(body))
        .to.throw()
        .with.property("code", code);
    });
});

describe("revision 3: binary payloads", () => {
  const body = bytes("00 06 ff 34 68656c6c6f 00 04 ff 34 e282ac 01 05 ff 04 01020304");

  it("marks each packet as text or bytes, with the digits of its length as bytes", () => {
    expect(revision3.encodePayload([HELLO, EURO, BINARY], true)).to.deep.equal(body);
    expect(revision3.decodePayload(body)).to.deep.equal([HELLO, EURO, BINARY]);
  });

  it("stays text when there are no bytes to carry", () => {
    expect(revision3.encodePayload([HELLO], true)).to.equal("6:4hello");
  });

  it("writes a length of several digits as one byte each", () => {
    const wire = revision3.encodePayload([{ type: "message", data: Buffer.alloc(122) }], true) as Uint8Array;
    expect([...wire.subarray(0, 6)]).to.deep.equal([1, 1, 2, 3, 0xff, 4]);
  });

  for (const [hex, code] of [
    ["02 01 ff 34", "EIO_BAD_MARKER"],
    ["00 ff 34", "EIO_BAD_LENGTH"],
    ["00 0a ff 34", "EIO_BAD_LENGTH"],
    ["00 01", "EIO_BAD_LENGTH"],
    ["00 09 09 09 09 09 09 09 09 09 09 09 09 ff", "EIO_BAD_LENGTH"],
    ["00 05 ff 34", "EIO_SHORT_PAYLOAD"],
    ["00 02 ff 34 ff", "EIO_BAD_UTF8"],
    ["01 00 ff", "EIO_EMPTY_PACKET"],
  ] as const)
    it(`refuses <${hex}> with ${code}`, () => {
      expect(() => revision3.decodePayload(bytes(hex)))
        .to.throw()
        .with.property("code", code);
    });
});

describe("revision 3: properties", () => {
  const packet: fc.Arbitrary<Packet> = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }).map((data) => ({ type: "message", data }) as const),
    fc.uint8Array({ minLength: 1 }).map((data) => ({ type: "message", data: Buffer.from(data) }) as const),
    fc.constant({ type: "noop" } as const),
  );

  it("a payload gives back what was put in, as text and as bytes", () => {
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1 }), fc.boolean(), (packets, supportsBinary) => {
        expect(revision3.decodePayload(revision3.encodePayload(packets, supportsBinary))).to.deep.equal(
          packets,
        );
      }),
    );
  });

  it("arbitrary bodies give packets or a ProtocolError, nothing else", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map((b) => Buffer.from(b)),
        ),
        (body) => {
          try {
            revision3.decodePayload(body);
          } catch (error) {
            expect(error).to.be.instanceOf(ProtocolError);
          }
        },
      ),
    );
  });

  it("takes linear time for a body of a million tiny packets", () => {
    expect(revision3.decodePayload("1:6".repeat(333_333))).to.have.length(333_333);
  });
});
