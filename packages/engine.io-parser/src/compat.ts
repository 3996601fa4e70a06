/** The functions of `engine.io-parser` 5, whose shape is older than ours: callbacks, and errors as packets. */
import { bytesOf } from "./bytes.ts";
import { errorPacket, isBlob, toEncodable, withBinaryType } from "./compat-data.ts";
import type { BinaryType, Packet, RawData } from "./compat-types.ts";
import { type EncodablePacket, type EnginePacket, encodeText } from "./packet.ts";
import { readPacket, revision4, SEPARATOR } from "./revision4.ts";

/** The revision of the Engine.IO protocol that these functions speak. */
export const protocol = 4;

/**
 * Encodes one packet as one WebSocket message. `callback` gets text, or the data as it is when that is bytes or a `Blob` and
 * `supportsBinary`. It is called before this returns, except when a `Blob` has to be read.
 *
 * @throws {TypeError} when there is no code for the packet's type.
 */
export function encodePacket(
  packet: Packet,
  supportsBinary: boolean,
  callback: (encodedPacket: RawData) => void,
): void {
  const { type, data } = packet;
  if (isText(data)) {
    callback(encodeText(type, data));
  } else if (supportsBinary && (isBlob(data) || bytesOf(data) !== undefined)) {
    callback(data);
  } else {
    const text = encodeAsText(packet);
    if (typeof text === "string") callback(text);
    else void text.then(callback);
  }
}

/** Decodes one packet. What cannot be decoded comes back as `{ type: "error", data: "parser error" }`. */
export function decodePacket(encodedPacket: RawData, binaryType?: BinaryType): Packet {
  if (typeof encodedPacket === "string") return finish(readPacket(encodedPacket), binaryType);
  // A WebSocket of a browser may give a Blob, which nobody can look into at once.
  if (isBlob(encodedPacket)) return { type: "message", data: encodedPacket };
  const bytes = bytesOf(encodedPacket);
  return finish(bytes && readPacket(bytes), binaryType);
}

/** Encodes packets as one polling body; `callback` gets it as `encodePacket`'s does. */
export function encodePayload(packets: Packet[], callback: (encodedPayload: string) => void): void {
  const texts = packets.map(encodeAsText);
  if (texts.every((text) => typeof text === "string")) callback(texts.join(SEPARATOR));
  else void Promise.all(texts).then((read) => callback(read.join(SEPARATOR)));
}

/** Decodes a polling body, up to and including the first packet that cannot be decoded. */
export function decodePayload(encodedPayload: string, binaryType?: BinaryType): Packet[] {
  const packets: Packet[] = [];
  for (const wire of encodedPayload.split(SEPARATOR)) {
    const packet = decodePacket(wire, binaryType);
    packets.push(packet);
    if (packet.type === "error") break;
  }
  return packets;
}

function encodeAsText(packet: Packet): string | Promise<string> {
  const { type, data } = packet;
  if (isText(data)) return encodeText(type, data);
  const encodable = toEncodable(packet);
  return encodable instanceof Promise ? encodable.then(encodeReadable) : encodeReadable(encodable);
}

const encodeReadable = (packet: EncodablePacket): string => revision4.encodePacket(packet, false) as string;

const isText = (data: RawData): data is string | undefined => data === undefined || typeof data === "string";

const finish = (packet: EnginePacket | undefined, binaryType: BinaryType | undefined): Packet =>
  packet === undefined ? errorPacket() : withBinaryType(packet, binaryType);
