import {
  Decoder,
  type DecoderOptions,
  Encoder,
  isPacketValid,
  type Packet,
  PacketType,
  protocol,
} from "socket.io-parser";

const packet: Packet = { type: PacketType.EVENT, nsp: "/", data: ["x", Buffer.from("a")] };
packet.data = ["y", 1];
packet.id = 7;
packet.attachments = 0;
packet.nsp = packet.nsp.toUpperCase();
const revision: number = protocol;

// Types of packets: as values, as types, both ways and out of numbers.
const types: PacketType[] = [PacketType.CONNECT, PacketType.ACK, 2];
const code: number = PacketType.BINARY_ACK;
const name: string = PacketType[packet.type];
const names = Object.keys(PacketType).filter((key) =>
  Number.isNaN(Number(key)),
) as (keyof typeof PacketType)[];
interface EventPacket extends Packet {
  type: PacketType.EVENT | PacketType.BINARY_EVENT;
  data: [event: string, ...args: unknown[]];
}
const isEvent = (each: Packet): each is EventPacket =>
  each.type === PacketType.EVENT || each.type === PacketType.BINARY_EVENT;
if (isEvent(packet)) console.log(packet.data[0].length);

const encoder = new Encoder((_key, value) => (typeof value === "bigint" ? value.toString() : value));
const encoded = encoder.encode(packet);
const text: string = encoded[0];
const attachment: Buffer = encoded[1];
for (const part of encoded) console.log(part.length ?? part.byteLength);

const options: DecoderOptions = { reviver: (_key, value) => value.anything, maxAttachments: 2 };
const decoder = new Decoder(options);
decoder.on("decoded", (each) => {
  const [event, ...args] = each.data;
  console.log(event.length, args, each.id?.toFixed(), each.attachments);
});
decoder.once("decoded", ({ type, nsp, data }: Packet) => console.log(PacketType[type], nsp, data.sid));
decoder.add(text);
decoder.add(attachment);
decoder.add(new ArrayBuffer(1));
decoder.off("decoded");
decoder.destroy();
new Decoder();
new Decoder(function (this: unknown, key: string, value: unknown) {
  return key === "" ? this : value;
});
new Decoder({});
new Decoder({ reviver: (_key, value) => value * 2 });

function dispatch({ type, data, id }: Packet): unknown {
  switch (type) {
    case PacketType.CONNECT:
      return data.sid;
    case PacketType.DISCONNECT:
      return undefined;
    case PacketType.CONNECT_ERROR:
      return data.message;
    case PacketType.ACK:
    case PacketType.BINARY_ACK:
      return id;
    case PacketType.EVENT:
    case PacketType.BINARY_EVENT:
      return data[0];
    default: {
      const never: never = type;
      return never;
    }
  }
}
console.log(
  isPacketValid(packet),
  [packet].filter(isPacketValid).map(dispatch),
  revision,
  types,
  code,
  name,
  names,
);
