import { type Attachment, takeBinary } from "./binary.ts";
import { PACKET_TYPE, type Packet } from "./packet.ts";

/** A packet as it goes out: one text, then each attachment as a binary message of its own. */
export interface EncodedPacket {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export type Replacer = (this: unknown, key: string, value: unknown) => unknown;

const NO_ATTACHMENTS: readonly Attachment[] = [];

/**
 * Encodes a packet. Whether an EVENT or ACK is the binary kind is found while its data is walked.
 *
 * @throws {TypeError} when the data cannot be written as JSON.
 * @see protocol-docs/socket.io.md#packet-encoding
 */
export function encode(packet: Packet, replacer?: Replacer): EncodedPacket {
  const { type, nsp, data, id } = packet;
  if (type !== PACKET_TYPE.EVENT && type !== PACKET_TYPE.ACK && type < PACKET_TYPE.BINARY_EVENT)
    return { text: `${type}${suffix(nsp, id, data, replacer)}`, attachments: NO_ATTACHMENTS };
  const attachments: Attachment[] = [];
  const taken = takeBinary(data, attachments);
  const rest = suffix(nsp, id, taken, replacer);
  if (attachments.length === 0) return { text: textType(type) + rest, attachments: NO_ATTACHMENTS };
  return { text: `${binaryType(type)}${attachments.length}-${rest}`, attachments };
}

const textType = (type: number): string =>
  type === PACKET_TYPE.ACK || type === PACKET_TYPE.BINARY_ACK ? "3" : "2";

const binaryType = (type: number): string =>
  type === PACKET_TYPE.ACK || type === PACKET_TYPE.BINARY_ACK ? "6" : "5";

function suffix(nsp: string, id: number | undefined, data: unknown, replacer?: Replacer): string {
  const json = data === undefined ? "" : JSON.stringify(data, replacer);
  return (nsp === "/" ? "" : `${nsp},`) + (id === undefined ? "" : id) + json;
}
