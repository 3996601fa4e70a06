import { type Socket as EngineSocket, PreparedMessage } from "@towline/engine.io";
import { type Attachment, encode, type Packet } from "@towline/socket.io-parser";

/** A packet encoded once, ready to go to any number of connections. */
export class PreparedPacket {
  readonly #messages: readonly PreparedMessage[];

  constructor(packet: Packet) {
    const { text, attachments } = encode(packet);
    this.#messages = [text, ...attachments.map(toBytes)].map((data) => new PreparedMessage(data));
  }

  sendTo(connection: EngineSocket): void {
    for (const message of this.#messages) connection.sendPrepared(message);
  }
}

/** An attachment as bytes. @throws {TypeError} for a `Blob`, whose bytes would have to be waited for. */
export function toBytes(attachment: Attachment): Uint8Array {
  if (attachment instanceof Uint8Array) return attachment;
  throw new TypeError("A server cannot emit a Blob: emit the result of its arrayBuffer() instead");
}
