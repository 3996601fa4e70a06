import { encode, PACKET_TYPE, PacketReader, type SocketPacket } from "@towline/socket.io-parser";
import { expect } from "chai";

/** The same as in protocol-docs/socket.io.md. */
const TEXT_VECTORS: readonly [wire: string, packet: SocketPacket][] = [
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

const BINARY_VECTORS: readonly [wire: string, attachments: Buffer[], packet: SocketPacket][] = [
  [
    '51-["hello",{"_placeholder":true,"num":0}]',
    [B(1, 2, 3)],
    { type: PACKET_TYPE.EVENT, nsp: "/", data: ["hello", B(1, 2, 3)] },
  ],
  [
    '52-/admin,7["up",{"a":{"_placeholder":true,"num":0},"b":[{"_placeholder":true,"num":1}]}]',
    [B(1), B(2)],
    { type: PACKET_TYPE.EVENT, nsp: "/admin", id: 7, data: ["up", { a: B(1), b: [B(2)] }] },
  ],
  [
    '61-/admin,456[{"_placeholder":true,"num":0}]',
    [B(3, 2, 1)],
    { type: PACKET_TYPE.ACK, nsp: "/admin", id: 456, data: [B(3, 2, 1)] },
  ],
];

/** What the reader gives for each of the messages. */
const read = (text: string, attachments: readonly unknown[] = []): unknown[] => {
  const reader = new PacketReader();
  return [reader.addText(text), ...attachments.map((attachment) => reader.addBinary(attachment))];
};

describe("packet codec", () => {
  for (const [wire, packet] of TEXT_VECTORS)
    it(`${wire} ⇄ ${JSON.stringify(packet)}`, () => {
      expect(encode(packet)).to.deep.equal({ text: wire, attachments: [] });
      expect(read(wire)).to.deep.equal([packet]);
    });

  for (const [wire, attachments, packet] of BINARY_VECTORS)
    it(`${wire} and ${attachments.length} attachment(s)`, () => {
      expect(encode(packet)).to.deep.equal({ text: wire, attachments });
      expect(read(wire, attachments)).to.deep.equal([...attachments.map(() => undefined), packet]);
    });
});
