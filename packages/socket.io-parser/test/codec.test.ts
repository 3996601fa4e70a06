import { encode, PACKET_TYPE, type Packet, PacketReader } from "@towline/socket.io-parser";
import { expect } from "chai";

/** The same as in protocol-docs/socket.io.md. */
const TEXT_VECTORS: readonly [wire: string, packet: Packet][] = [
  ["0", { type: PACKET_TYPE.CONNECT, nsp: "/" }],
  ['0{"token":"x"}', { type: PACKET_TYPE.CONNECT, nsp: "/", data: { token: "x" } }],
  ["0/admin,", { type: PACKET_TYPE.CONNECT, nsp: "/admin" }],
  ["0/admin?token=x,", { type: PACKET_TYPE.CONNECT, nsp: "/admin?token=x" }],
  ['0/admin,{"sid":"a"}', { type: PACKET_TYPE.CONNECT, nsp: "/admin", data: { sid: "a" } }],
  ["1", { type: PACKET_TYPE.DISCONNECT, nsp: "/" }],
  ["1/admin,", { type: PACKET_TYPE.DISCONNECT, nsp: "/admin" }],
  ['2["hello",1]', { type: PACKET_TYPE.EVENT, nsp: "/", data: ["hello", 1] }],
  [
    '2/admin,456["project:delete",123]',
    { type: PACKET_TYPE.EVENT, nsp: "/admin", id: 456, data: ["project:delete", 123] },
  ],
  ['20["zero"]', { type: PACKET_TYPE.EVENT, nsp: "/", id: 0, data: ["zero"] }],
  ["3/admin,456[]", { type: PACKET_TYPE.ACK, nsp: "/admin", id: 456, data: [] }],
  ['4{"message":"no"}', { type: PACKET_TYPE.CONNECT_ERROR, nsp: "/", data: { message: "no" } }],
  ['4/admin,"no"', { type: PACKET_TYPE.CONNECT_ERROR, nsp: "/admin", data: "no" }],
];

const B = (...bytes: number[]) => Buffer.from(bytes);

const BINARY_VECTORS: readonly [
  wire: string,
  attachments: Buffer[],
  type: number,
  packet: Omit<Packet, "type">,
][] = [
  [
    '51-["hello",{"_placeholder":true,"num":0}]',
    [B(1, 2, 3)],
    PACKET_TYPE.BINARY_EVENT,
    { nsp: "/", data: ["hello", B(1, 2, 3)] },
  ],
  [
    '52-/admin,7["up",{"a":{"_placeholder":true,"num":0},"b":[{"_placeholder":true,"num":1}]}]',
    [B(1), B(2)],
    PACKET_TYPE.BINARY_EVENT,
    { nsp: "/admin", id: 7, data: ["up", { a: B(1), b: [B(2)] }] },
  ],
  [
    '61-/admin,456[{"_placeholder":true,"num":0}]',
    [B(3, 2, 1)],
    PACKET_TYPE.BINARY_ACK,
    { nsp: "/admin", id: 456, data: [B(3, 2, 1)] },
  ],
];

function read(text: string, attachments: readonly unknown[] = []): Packet[] {
  const packets: Packet[] = [];
  const reader = new PacketReader((packet) => packets.push(packet));
  reader.addText(text);
  for (const attachment of attachments) reader.addBinary(attachment);
  return packets;
}

describe("packet codec", () => {
  for (const [wire, packet] of TEXT_VECTORS)
    it(`${wire} ⇄ ${JSON.stringify(packet)}`, () => {
      expect(encode(packet)).to.deep.equal({ text: wire, attachments: [] });
      expect(read(wire)).to.deep.equal([packet]);
    });

  for (const [wire, attachments, type, packet] of BINARY_VECTORS)
    it(`${wire} and ${attachments.length} attachment(s)`, () => {
      const asked = type === PACKET_TYPE.BINARY_EVENT ? PACKET_TYPE.EVENT : PACKET_TYPE.ACK;
      expect(encode({ ...packet, type: asked })).to.deep.equal({ text: wire, attachments });
      expect(read(wire, attachments)).to.deep.equal([{ type, ...packet }]);
    });
});

describe("encoding", () => {
  const event = (...data: unknown[]) => encode({ type: PACKET_TYPE.EVENT, nsp: "/", data });

  it("takes ArrayBuffers and views as bytes", () => {
    const { attachments } = event(
      "x",
      Uint8Array.of(1, 2).buffer,
      Uint16Array.of(0x0201),
      new DataView(new ArrayBuffer(2), 1),
    );
    expect(attachments.map((a) => [...(a as Uint8Array)])).to.deep.equal([[1, 2], [1, 2], [0]]);
  });

  it("leaves the data of the caller as it was", () => {
    const data = { picture: B(1), list: [B(2), "text"] };
    event("x", data);
    expect(data).to.deep.equal({ picture: B(1), list: [B(2), "text"] });
  });

  it("finds bytes in what toJSON gives, and leaves dates alone", () => {
    const { text, attachments } = event("x", { toJSON: () => ({ b: B(1) }) }, new Date(0), {
      toJSON: () => "plain",
    });
    expect(text).to.equal('51-["x",{"b":{"_placeholder":true,"num":0}},"1970-01-01T00:00:00.000Z","plain"]');
    expect(attachments).to.have.length(1);
  });

  it("keeps a key named __proto__ a key", () => {
    const { text } = event("x", JSON.parse('{"__proto__":{"a":1}}'), B(1));
    expect(text).to.include('{"__proto__":{"a":1}}');
  });

  it("says what is wrong with data that refers to itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => event("x", loop)).to.throw(TypeError, /deeper than 1000 levels: does it refer to itself\?/);
  });
});
