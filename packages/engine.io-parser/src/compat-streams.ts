/** The streams of `engine.io-parser` 5: packets to and from the bytes of a WebTransport stream. */
import { bytesOf } from "./bytes.ts";
import { errorPacket, toEncodable, withBinaryType } from "./compat-data.ts";
import type { BinaryType, Packet } from "./compat-types.ts";
import { ProtocolError } from "./errors.ts";
import type { EncodablePacket } from "./packet.ts";
import { encodeStreamFrame } from "./stream-frame.ts";
import { StreamReader } from "./stream-reader.ts";

/** Takes packets and gives bytes: for each packet a chunk with its header and one with its payload. */
export function createPacketEncoderStream(): TransformStream<Packet, Uint8Array> {
  return new TransformStream({
    transform(packet, controller) {
      const encodable = toEncodable(packet);
      if (!(encodable instanceof Promise)) return enqueueFrame(encodable, controller);
      return encodable.then((read) => enqueueFrame(read, controller));
    },
  });
}

function enqueueFrame(
  packet: EncodablePacket,
  controller: TransformStreamDefaultController<Uint8Array>,
): void {
  const { header, payload } = encodeStreamFrame(packet);
  controller.enqueue(header);
  controller.enqueue(payload);
}

/**
 * Takes bytes, cut anyhow, and gives packets. After what is no packet comes `{ type: "error", data: "parser error" }` and
 * then nothing more.
 *
 * @param maxPayload the most bytes of a packet.
 * @throws {TypeError} unless `maxPayload` is a positive number.
 */
export function createPacketDecoderStream(
  maxPayload: number,
  binaryType?: BinaryType,
): TransformStream<Uint8Array, Packet> {
  const reader = new StreamReader(maxPayload);
  const read = (): Packet | undefined => {
    try {
      const packet = reader.read();
      return packet && withBinaryType(packet, binaryType);
    } catch (error) {
      if (error instanceof ProtocolError) return errorPacket();
      throw error;
    }
  };
  return new TransformStream({
    transform(chunk, controller) {
      const bytes = bytesOf(chunk);
      if (bytes === undefined) throw new TypeError("a chunk must be bytes");
      reader.push(bytes);
      for (let packet = read(); packet !== undefined; packet = read()) controller.enqueue(packet);
    },
  });
}
