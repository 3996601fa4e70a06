import { type Socket as EngineSocket, PreparedMessage } from "@towline/engine.io";
import type { SocketPacket as Packet, PacketReaderOptions } from "@towline/socket.io-parser";
import type { PacketCodec, PacketPart } from "./packet-codec.ts";
import { type SendFlags, sendOptions } from "./send-flags.ts";

const OUR_OWN: PacketReaderOptions = {
  maxAttachments: Number.MAX_SAFE_INTEGER,
  maxAttachmentBytes: Number.MAX_SAFE_INTEGER,
};

/** A packet encoded once, ready to go to any number of connections. */
export class PreparedPacket {
  readonly #codec: PacketCodec;
  readonly #parts: readonly PacketPart[];
  #messages: readonly PreparedMessage[] | undefined;

  constructor(codec: PacketCodec, packet: Packet) {
    this.#codec = codec;
    this.#parts = codec.encode(packet);
  }

  /** Lets go of what was made for connections: who keeps a packet for later keeps it once. It is made anew if need be. */
  release(): void {
    this.#messages = undefined;
  }

  /** The packet as its receivers see it, whatever has become of the objects that it was made from. */
  decode(): Packet {
    let packet: Packet | undefined;
    const reader = this.#codec.createReader(() => {}, OUR_OWN);
    for (const part of this.#parts)
      packet = (typeof part === "string" ? reader.addText(part) : reader.addBinary(part)) ?? packet;
    if (packet === undefined) throw new Error("A packet that was encoded cannot be decoded");
    return packet;
  }

  /** Bytes of all its parts; of text, one for each character, which is near enough for a limit. */
  get byteLength(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  sendTo(connection: EngineSocket, flags: SendFlags): void {
    this.#messages ??= this.#parts.map((part) => new PreparedMessage(part));
    for (const message of this.#messages) connection.sendPrepared(message, sendOptions(flags));
  }

  /** To a connection of another engine, which knows nothing of prepared messages. */
  sendPlain(connection: EngineSocket, flags: SendFlags): void {
    for (const part of this.#parts) connection.send(part, sendOptions(flags));
  }
}
