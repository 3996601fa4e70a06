import { encode, PACKET_TYPE, type Packet, PacketReader, ProtocolError } from "@towline/socket.io-parser";
import { expect } from "chai";
import fc from "fast-check";

const reader = (options = {}) => new PacketReader(() => {}, options);
const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("malformed packets", () => {
  for (const [wire, code] of [
    ["", "SIO_UNKNOWN_PACKET"],
    ["7", "SIO_UNKNOWN_PACKET"],
    ["a", "SIO_UNKNOWN_PACKET"],
    [" 2[]", "SIO_UNKNOWN_PACKET"],
    ["5", "SIO_BAD_ATTACHMENT_COUNT"],
    ['5["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['5-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['51e0-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['50-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['5999999999-["x"]', "SIO_TOO_MANY_ATTACHMENTS"],
    ['511-["x"]', "SIO_TOO_MANY_ATTACHMENTS"],
    ["2", "SIO_BAD_PAYLOAD"],
    ["2{", "SIO_BAD_JSON"],
    ["2[", "SIO_BAD_JSON"],
    ['2 ["x"] x', "SIO_BAD_JSON"],
    ["2{}", "SIO_BAD_PAYLOAD"],
    ["2[]", "SIO_BAD_PAYLOAD"],
    ["2[{}]", "SIO_BAD_PAYLOAD"],
    ["2[null]", "SIO_BAD_PAYLOAD"],
    ['2["connect"]', "SIO_BAD_PAYLOAD"],
    ['2["disconnecting"]', "SIO_BAD_PAYLOAD"],
    ['2["newListener"]', "SIO_BAD_PAYLOAD"],
    ['29007199254740993["x"]', "SIO_BAD_ACK_ID"],
    [`2${"9".repeat(400)}["x"]`, "SIO_BAD_ACK_ID"],
    ['3["x"]', "SIO_BAD_PAYLOAD"],
    ["31{}", "SIO_BAD_PAYLOAD"],
    ['0"auth"', "SIO_BAD_PAYLOAD"],
    ["0[]", "SIO_BAD_PAYLOAD"],
    ["012", "SIO_BAD_PAYLOAD"],
    ["1{}", "SIO_BAD_PAYLOAD"],
    ["4", "SIO_BAD_PAYLOAD"],
    ["4[]", "SIO_BAD_PAYLOAD"],
    [`2["x",${deep(1500)}]`, "SIO_TOO_DEEP"],
    [`2["x",${deep(400_000)}]`, "SIO_TOO_DEEP"],
  ] as const)
    it(`refuses ${wire.slice(0, 40)} with ${code}`, () => {
      expect(() => reader().addText(wire))
        .to.throw(ProtocolError)
        .with.property("code", code);
    });

  for (const num of ["-1", "0.5", '"splice"', "1e9", "1", "null", "{}"])
    it(`refuses a placeholder with num ${num}`, () => {
      const one = reader();
      one.addText(`51-["x",{"_placeholder":true,"num":${num}}]`);
      expect(() => one.addBinary(Buffer.of(1)))
        .to.throw(ProtocolError)
        .with.property("code", "SIO_BAD_PLACEHOLDER");
    });

  it("refuses bytes that no packet waits for", () => {
    expect(() => reader().addBinary(Buffer.of(1)))
      .to.throw()
      .with.property("code", "SIO_TEXT_EXPECTED");
  });

  it("refuses text while a packet waits for its bytes", () => {
    const one = reader();
    one.addText('51-["x"]');
    expect(() => one.addText('2["y"]'))
      .to.throw()
      .with.property("code", "SIO_BYTES_EXPECTED");
  });

  it("bounds the bytes of a packet's attachments", () => {
    const one = reader({ maxAttachmentBytes: 10 });
    one.addText('52-["x"]');
    one.addBinary(Buffer.alloc(6));
    expect(() => one.addBinary(Buffer.alloc(6)))
      .to.throw()
      .with.property("code", "SIO_TOO_MANY_ATTACHMENTS");
  });

  it("gives keys named __proto__ as keys, with attachments in them too", () => {
    const packets: Packet[] = [];
    const one = new PacketReader((packet) => packets.push(packet));
    one.addText('51-["x",{"__proto__":{"_placeholder":true,"num":0}}]');
    one.addBinary(Buffer.of(1));
    const [, value] = (packets[0] as Packet).data as [string, object];
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
    expect(Object.entries(value)).to.deep.equal([["__proto__", Buffer.of(1)]]);
  });

  it("takes events named like members of every object", () => {
    for (const name of ["__proto__", "toString", "constructor", "error"])
      expect(() => reader().addText(JSON.stringify([name]).replace("[", "2["))).not.to.throw();
  });

  it("throws nothing but a ProtocolError, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((s) => `2["e",${s}]`),
            fc.string().map((s) => `51-${s}`),
            fc.uint8Array(),
          ),
        ),
        (inputs) => {
          const one = reader();
          for (const input of inputs)
            try {
              if (typeof input === "string") one.addText(input);
              else one.addBinary(input);
            } catch (error) {
              expect(error).to.be.instanceOf(ProtocolError);
            }
        },
      ),
    );
  });

  it("gives back any JSON data with bytes in it", () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array().map((b) => Buffer.from(b)),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(
          fc.string().filter((key) => key !== "_placeholder"),
          tie("node"),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), (args) => {
        const packets: Packet[] = [];
        const one = new PacketReader((packet) => packets.push(packet), { maxAttachments: 1000 });
        const { text, attachments } = encode({ type: PACKET_TYPE.EVENT, nsp: "/", data: ["e", ...args] });
        one.addText(text);
        for (const attachment of attachments) one.addBinary(attachment);
        expect(packets[0]?.data).to.deep.equal(["e", ...args]);
      }),
    );
  });
});
