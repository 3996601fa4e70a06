import {
  type BinaryType,
  decodePacket,
  decodePayload,
  encodePacket,
  encodePayload,
  type Packet,
  type PacketType,
  protocol,
  type RawData,
} from "engine.io-parser";

const packet: Packet = { type: "message", data: Buffer.from("a"), options: { compress: true } };
packet.data = "b";
packet.type = "ping";
if (packet.options) packet.options.compress = false;
const revision: 4 = protocol;
const types: PacketType[] = ["open", "close", "ping", "pong", "message", "upgrade", "noop", "error"];

encodePacket(packet, true, (encoded) => console.log(encoded.length));
encodePacket({ type: "message", data: new ArrayBuffer(2) }, false, (encoded: string) =>
  console.log(encoded.length),
);
encodePacket({ type: "noop" }, true, (encoded: RawData) => console.log(encoded));
encodePacket({ type: "message", data: new Blob(["x"]) }, true, async (encoded) =>
  console.log(await encoded.text()),
);
encodePayload([packet, { type: "message", data: Float64Array.of(1) }], (body) =>
  console.log(body.toUpperCase()),
);

const decoded: Packet = decodePacket("4a");
if (decoded.type === "error") throw new Error(decoded.data);
const text: string = decoded.data;
const bytes: Buffer = decodePacket(Buffer.from("a"), "nodebuffer").data;
const buffer: ArrayBuffer = decodePacket(new Uint8Array(2), "arraybuffer").data;
console.log(JSON.parse(decoded.data), decoded.data.anything, text, bytes, buffer, revision, types);

function dispatch({ type, data }: Packet): RawData {
  switch (type) {
    case "open":
      return JSON.parse(data).sid;
    case "error":
      return data;
    default:
      return undefined;
  }
}
decodePayload("4a\x1e2").map(dispatch);
for (const each of decodePayload("4a\x1e2", "blob")) console.log(dispatch(each));

class Transport {
  binaryType: BinaryType = "nodebuffer";
  buffer: Packet[] = [];
  send(packets: Packet[]): void {
    this.buffer.push(...packets);
    for (const each of packets) encodePacket(each, true, (data) => this.write(data, each.options?.compress));
  }
  write(data: string | Buffer, compress = true): void {
    console.log(data, compress);
  }
  onData(data: RawData): void {
    this.onPacket(decodePacket(data, this.binaryType));
  }
  onPacket(each: Packet): void {
    const { data, ...rest } = each;
    console.log(data.length, { ...rest, type: "pong" } satisfies Packet);
  }
}
new Transport().onData("4a");

const encode: typeof encodePacket = (each, supportsBinary, callback) =>
  encodePacket(each, supportsBinary, callback);
const decode: (data: string) => Packet = decodePacket;
console.log(
  encode,
  decode,
  ["4a", "2"].map((each) => decodePacket(each)),
);
