import {
  Decoder,
  type DecoderOptions,
  Encoder,
  isPacketValid,
  type Packet,
  PacketType,
  ProtocolError,
  protocol,
  type SocketPacket,
} from "@towline/socket.io-parser";
import { expect } from "chai";

const B = (...bytes: number[]): Buffer => Buffer.from(bytes);
const HOLE = '{"_placeholder":true,"num":0}';

describe("the classes of socket.io-parser 4", () => {
  it("name the revision they speak and the types of packets, both ways", () => {
    expect(protocol).to.equal(5);
    expect(PacketType).to.deep.equal({
      CONNECT: 0,
      DISCONNECT: 1,
      EVENT: 2,
      ACK: 3,
      CONNECT_ERROR: 4,
      BINARY_EVENT: 5,
      BINARY_ACK: 6,
      0: "CONNECT",
      1: "DISCONNECT",
      2: "EVENT",
      3: "ACK",
      4: "CONNECT_ERROR",
      5: "BINARY_EVENT",
      6: "BINARY_ACK",
    });
  });
});

describe("Encoder", () => {
  const encode = (packet: Packet): unknown[] => new Encoder().encode(packet);

  it("gives the text, then the attachments as they were put in", () => {
    const data = [B(1), Uint16Array.of(1), new ArrayBuffer(1)];
    const [text, ...attachments] = encode({ type: PacketType.EVENT, nsp: "/a", data: ["x", ...data] });
    expect(text).to.match(/^53-\/a,\["x",/);
    for (const [index, attachment] of attachments.entries()) expect(attachment).to.equal(data[index]);
    expect(encode({ type: PacketType.ACK, nsp: "/", id: 1, data: [] })).to.deep.equal(["31[]"]);
  });

  it("gives its replacer to JSON.stringify", () => {
    const encoder = new Encoder((key, value) => (key === "a" ? undefined : value));
    expect(encoder.encode({ type: PacketType.EVENT, nsp: "/", data: [{ a: 1, b: B(1) }] })).to.deep.equal([
      `51-[{"b":${HOLE}}]`,
      B(1),
    ]);
  });
});

describe("Decoder", () => {
  /** All that a decoder emits, and the codes of what it throws. */
  function decode(messages: readonly unknown[], options?: DecoderOptions): unknown[] {
    const seen: unknown[] = [];
    const decoder = new Decoder(options);
    decoder.on("decoded", (packet) => seen.push(packet));
    for (const message of messages)
      try {
        decoder.add(message);
      } catch (error) {
        seen.push(error instanceof ProtocolError ? error.code : error);
      }
    return seen;
  }

  it("emits each packet, those with bytes as EVENT and ACK", () => {
    expect(decode(["0", `51-["x",${HOLE}]`, B(1), `61-7[${HOLE}]`, B(2)])).to.deep.equal([
      { type: PacketType.CONNECT, nsp: "/" },
      { type: PacketType.EVENT, nsp: "/", data: ["x", B(1)] },
      { type: PacketType.ACK, nsp: "/", id: 7, data: [B(2)] },
    ]);
  });

  it("takes every kind of bytes for an attachment", () => {
    for (const bytes of [B(1), Uint16Array.of(1), new ArrayBuffer(1), new Blob(["a"])])
      expect(decode(['51-["x"]', bytes])).to.deep.equal([{ type: PacketType.EVENT, nsp: "/", data: ["x"] }]);
  });

  it("refuses what is neither text nor bytes, while a packet waits as well", () => {
    for (const odd of [1, null, undefined, {}, [], new String("2[]"), { base64: true, data: "AQ==" }]) {
      expect(decode([odd])).to.deep.equal(["SIO_NO_MESSAGE"]);
      expect(decode(['51-["x"]', odd])).to.deep.equal(["SIO_NO_MESSAGE"]);
    }
  });

  it("takes a reviver alone, or options", () => {
    const double = (_key: string, value: unknown): unknown => (typeof value === "number" ? value * 2 : value);
    const seen: unknown[] = [];
    const decoder = new Decoder(double);
    decoder.on("decoded", ({ data }) => seen.push(data));
    decoder.add('2["x",2]');
    expect(seen).to.deep.equal([["x", 4]]);
    expect(decode(['2["x",2]'], { reviver: double })).to.deep.equal([{ type: 2, nsp: "/", data: ["x", 4] }]);
    expect(decode(['52-["x"]'], { maxAttachments: 1 })).to.deep.equal(["SIO_TOO_MANY_ATTACHMENTS"]);
    expect(decode(['51-["x"]', B(1, 2)], { maxAttachmentBytes: 1 })).to.deep.equal([
      "SIO_ATTACHMENTS_TOO_BIG",
    ]);
  });

  it("has the bounds of the reader unless told otherwise", () => {
    expect(decode(['511-["x"]'])).to.deep.equal(["SIO_TOO_MANY_ATTACHMENTS"]);
    expect(decode(['511-["x"]'], null as unknown as DecoderOptions)).to.deep.equal([
      "SIO_TOO_MANY_ATTACHMENTS",
    ]);
  });

  it("says what is wrong with its options, all at once", () => {
    const options = {
      reviver: 1,
      maxAttachments: -1,
      maxAttachmentBytes: Infinity,
    } as unknown as DecoderOptions;
    expect(() => new Decoder(options)).to.throw(
      TypeError,
      "Invalid options: reviver must be a function, got 1; maxAttachments must be a whole number, at least 0, got -1; " +
        "maxAttachmentBytes must be a whole number, at least 1, got Infinity",
    );
  });

  it("tells whether a packet waits for its attachments", () => {
    const decoder = new Decoder();
    const states = ['2["x"]', '51-["x"]', B(1)].map((message) => {
      decoder.add(message);
      return decoder.isWaiting;
    });
    expect(states).to.deep.equal([false, true, false]);
  });

  it("forgets a packet that waits when it is destroyed", () => {
    const seen: unknown[] = [];
    const decoder = new Decoder();
    decoder.on("decoded", ({ data }) => seen.push(data));
    decoder.add('51-["x"]');
    decoder.destroy();
    decoder.add('2["y"]');
    expect(seen).to.deep.equal([["y"]]);
  });

  it("lets out what a listener throws, and reads on", () => {
    const seen: unknown[] = [];
    const decoder = new Decoder();
    decoder.on("decoded", ({ data }) => {
      seen.push(data);
      if (seen.length === 1) throw new RangeError("mine");
    });
    decoder.add(`51-["x",${HOLE}]`);
    expect(() => decoder.add(B(1))).to.throw(RangeError, "mine");
    decoder.add('2["y"]');
    expect(seen).to.deep.equal([["x", B(1)], ["y"]]);
  });
});

describe("isPacketValid", () => {
  const CONNECT = { type: 0, nsp: "/" };
  const EVENT = { type: 2, nsp: "/", data: ["x"] };
  const ACK = { type: 3, nsp: "/", id: 1, data: [] };

  it("takes what a decoder may emit", () => {
    for (const packet of [
      CONNECT,
      { ...CONNECT, data: {} },
      { type: 1, nsp: "/a" },
      EVENT,
      { ...EVENT, id: 0 },
      { ...EVENT, data: [1, 10n, B(1)] },
      ACK,
      { type: 4, nsp: "/", data: "no" },
      { type: 4, nsp: "/", data: { message: "no" } },
    ])
      expect(isPacketValid(packet as SocketPacket), JSON.stringify(packet.type)).to.equal(true);
  });

  it("takes nothing else", () => {
    for (const packet of [
      null,
      undefined,
      {},
      { ...EVENT, nsp: 1 },
      { type: 2, data: ["x"] },
      { ...EVENT, type: 7 },
      { ...EVENT, type: "2" },
      { ...EVENT, type: "EVENT" },
      { ...EVENT, type: 5 },
      { ...ACK, type: 6 },
      { ...EVENT, id: "1" },
      { ...EVENT, id: 1.5 },
      { ...EVENT, id: null },
      { ...EVENT, data: undefined },
      { ...EVENT, data: [] },
      { ...EVENT, data: [{}] },
      { ...EVENT, data: ["connect"] },
      { ...EVENT, data: Array(10_001).fill("x") },
      { ...ACK, data: {} },
      { ...CONNECT, data: [] },
      { ...CONNECT, data: "x" },
      { ...CONNECT, data: null },
      { ...CONNECT, data: B(1) },
      { ...CONNECT, data: new Date() },
      { type: 1, nsp: "/", data: {} },
      { type: 4, nsp: "/" },
      { type: 4, nsp: "/", data: [] },
    ])
      expect(isPacketValid(packet as SocketPacket), JSON.stringify(packet)?.slice(0, 80)).to.equal(false);
  });
});
