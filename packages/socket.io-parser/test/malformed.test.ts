import { PACKET_TYPE, PacketReader, ProtocolError } from "@towline/socket.io-parser";
import { expect } from "chai";

const reader = (options = {}): PacketReader =>
  new PacketReader({ maxAttachments: 10, maxAttachmentBytes: 1000, ...options });
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    expect(error).to.be.instanceOf(ProtocolError);
    return (error as ProtocolError).code;
  }
};
const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const deepFields = (levels: number): string => '{"a":'.repeat(levels) + 1 + "}".repeat(levels);

describe("malformed packets", () => {
  for (const [wire, code] of [
    ["", "SIO_UNKNOWN_PACKET"],
    [" ", "SIO_UNKNOWN_PACKET"],
    ["7", "SIO_UNKNOWN_PACKET"],
    ["a", "SIO_UNKNOWN_PACKET"],
    ["-1", "SIO_UNKNOWN_PACKET"],
    [" 2[]", "SIO_UNKNOWN_PACKET"],
    ["5", "SIO_BAD_ATTACHMENT_COUNT"],
    ["51", "SIO_BAD_ATTACHMENT_COUNT"],
    ['5["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['5-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['5-1-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['51e0-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['50x1-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['5 1-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['5+1-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['51.0-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ['50-["x"]', "SIO_BAD_ATTACHMENT_COUNT"],
    ["60-1[]", "SIO_BAD_ATTACHMENT_COUNT"],
    ['5999999999-["x"]', "SIO_TOO_MANY_ATTACHMENTS"],
    [`5${"9".repeat(400)}-["x"]`, "SIO_TOO_MANY_ATTACHMENTS"],
    ['511-["x"]', "SIO_TOO_MANY_ATTACHMENTS"],
    ["511-{", "SIO_TOO_MANY_ATTACHMENTS"],
    ["51-", "SIO_BAD_PAYLOAD"],
    ["51-{}", "SIO_BAD_PAYLOAD"],
    ['51-[{"_placeholder":true,"num":0}]', "SIO_BAD_PAYLOAD"],
    ['61-["x"]', "SIO_BAD_PAYLOAD"],
    ["2", "SIO_BAD_PAYLOAD"],
    ["2/a,", "SIO_BAD_PAYLOAD"],
    ['2/a["x"]', "SIO_BAD_PAYLOAD"],
    ["2{", "SIO_BAD_JSON"],
    ["2[", "SIO_BAD_JSON"],
    ['2,["x"]', "SIO_BAD_JSON"],
    ['21.5["x"]', "SIO_BAD_JSON"],
    ['2+1["x"]', "SIO_BAD_JSON"],
    ['2 ["x"] x', "SIO_BAD_JSON"],
    ['2\ufeff["x"]', "SIO_BAD_JSON"],
    ["2{}", "SIO_BAD_PAYLOAD"],
    ["2[]", "SIO_BAD_PAYLOAD"],
    ["2[{}]", "SIO_BAD_PAYLOAD"],
    ["2[null]", "SIO_BAD_PAYLOAD"],
    ["2[true]", "SIO_BAD_PAYLOAD"],
    ['2["connect"]', "SIO_BAD_PAYLOAD"],
    ['2["connect_error"]', "SIO_BAD_PAYLOAD"],
    ['2["disconnect"]', "SIO_BAD_PAYLOAD"],
    ['2["disconnecting"]', "SIO_BAD_PAYLOAD"],
    ['2["newListener"]', "SIO_BAD_PAYLOAD"],
    ['2["removeListener"]', "SIO_BAD_PAYLOAD"],
    ['29007199254740992["x"]', "SIO_BAD_ACK_ID"],
    [`2${"9".repeat(400)}["x"]`, "SIO_BAD_ACK_ID"],
    ["3[]", "SIO_BAD_PAYLOAD"],
    ["31", "SIO_BAD_PAYLOAD"],
    ["31{}", "SIO_BAD_PAYLOAD"],
    ['0"auth"', "SIO_BAD_PAYLOAD"],
    ["0[]", "SIO_BAD_PAYLOAD"],
    ["0null", "SIO_BAD_PAYLOAD"],
    ["012", "SIO_BAD_PAYLOAD"],
    ["1{}", "SIO_BAD_PAYLOAD"],
    ["15", "SIO_BAD_PAYLOAD"],
    ["4", "SIO_BAD_PAYLOAD"],
    ["45", "SIO_BAD_PAYLOAD"],
    ["4[]", "SIO_BAD_PAYLOAD"],
    ["4true", "SIO_BAD_PAYLOAD"],
    [`2["x",${deep(1000)}]`, "SIO_TOO_DEEP"],
    [`2["x",${deepFields(1000)}]`, "SIO_TOO_DEEP"],
    [`51-["x",${deep(1000)}]`, "SIO_TOO_DEEP"],
    [`2["x",${deep(400_000)}]`, "SIO_TOO_DEEP"],
    [`2["x"${",1".repeat(10_000)}]`, "SIO_TOO_MANY_ARGUMENTS"],
    [`31[1${",1".repeat(10_000)}]`, "SIO_TOO_MANY_ARGUMENTS"],
    [`51-["x"${",1".repeat(10_000)}]`, "SIO_TOO_MANY_ARGUMENTS"],
  ] as const)
    it(`refuses ${JSON.stringify(wire.slice(0, 40))} with ${code}`, () => {
      expect(codeOf(() => reader().addText(wire))).to.equal(code);
    });

  it("takes the most that it does not refuse", () => {
    for (const wire of [
      `2["x",${deep(999)}]`,
      `2["x",${deepFields(999)}]`,
      `2["x",${"[],".repeat(2000)}[]]`,
      `2["x"${",1".repeat(9999)}]`,
      `2["x",[1${",1".repeat(20_000)}]]`,
      '29007199254740991["x"]',
      '2007["x"]',
      '2 ["x"] ',
      '2["error"]',
      '2["__proto__"]',
      '2["toString"]',
      '2["constructor"]',
      '2[""]',
      "2[1.5]",
    ])
      expect(reader().addText(wire), wire.slice(0, 20)).to.have.property("type", PACKET_TYPE.EVENT);
    expect(codeOf(() => reader().addText('510-["x"]'))).to.equal(undefined);
  });

  for (const num of ["-1", "0.5", '"0"', '"splice"', "1e9", "1", "null", "{}", "[0]", "true"])
    it(`refuses a placeholder with num ${num}`, () => {
      const one = reader();
      one.addText(`51-["x",{"a":[{"_placeholder":true,"num":${num}}]}]`);
      expect(codeOf(() => one.addBinary(Buffer.of(1)))).to.equal("SIO_BAD_PLACEHOLDER");
    });

  it("refuses a placeholder without num", () => {
    const one = reader();
    one.addText('51-["x",{"_placeholder":true}]');
    expect(codeOf(() => one.addBinary(Buffer.of(1)))).to.equal("SIO_BAD_PLACEHOLDER");
  });

  it("leaves a placeholder alone where there are no attachments", () => {
    expect(reader().addText('2["x",{"_placeholder":true,"num":7}]')?.data).to.deep.equal([
      "x",
      { _placeholder: true, num: 7 },
    ]);
  });

  it("gives keys named __proto__ as keys, with attachments in them too", () => {
    const one = reader();
    one.addText('51-["x",{"__proto__":{"_placeholder":true,"num":0}}]');
    const [, value] = (one.addBinary(Buffer.of(1)) as { data: unknown }).data as [string, object];
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
    expect(Object.entries(value)).to.deep.equal([["__proto__", Buffer.of(1)]]);
  });

  it("names the cause of what is no JSON", () => {
    try {
      reader().addText("2{");
    } catch (error) {
      expect(error).to.be.instanceOf(ProtocolError).with.property("cause").that.is.instanceOf(SyntaxError);
      return;
    }
    expect.fail("it was taken");
  });
});
