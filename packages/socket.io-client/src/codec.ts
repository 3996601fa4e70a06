import {
  type Attachment,
  encode,
  type SocketPacket as Packet,
  PacketReader,
} from "@towline/socket.io-parser";

/** Packets to messages and back, for one connection. */
export interface Codec {
  encode(packet: Packet): readonly (string | Attachment)[];
  /**
   * Takes one message.
   *
   * @returns the packet that it completes, if it completes one.
   * @throws {Error} when the message is malformed.
   */
  decode(message: unknown): Packet | undefined;
}

/** A parser in the shape of `socket.io-parser`, such as `socket.io-msgpack-parser`. */
export interface Parser {
  Encoder: new () => { encode(packet: Packet): readonly unknown[] };
  Decoder: new () => {
    add(message: unknown): void;
    on(event: "decoded", listener: (packet: Packet) => void): unknown;
  };
}

/** The codec of one connection: Socket.IO's own, or what the user put in its place. */
export function createCodec(parser: Parser | undefined): Codec {
  if (parser === undefined) {
    const reader = new PacketReader();
    return {
      encode(packet) {
        const { text, attachments } = encode(packet);
        return [text, ...attachments];
      },
      decode: (message) =>
        typeof message === "string" ? reader.addText(message) : reader.addBinary(message),
    };
  }
  const encoder = new parser.Encoder();
  const decoder = new parser.Decoder();
  // A packet is kept until the decoder has returned: listeners are the user's, and none of the codec's business.
  let decoded: Packet | undefined;
  decoder.on("decoded", (packet) => {
    decoded = packet;
  });
  return {
    encode: (packet) => encoder.encode(packet) as readonly (string | Attachment)[],
    decode(message) {
      decoded = undefined;
      decoder.add(message);
      return decoded;
    },
  };
}
