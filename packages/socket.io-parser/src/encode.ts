import { type Attachment, type BinaryData, isObject, toAttachment } from "./binary.ts";
import { PACKET_TYPE, type SocketPacket } from "./packet.ts";
import { takeBinary } from "./take-binary.ts";
import { type Replacer, toJson } from "./to-json.ts";

/** A packet as it goes out: one text, then each attachment as a binary message of its own. */
export interface EncodedPacket {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** The same with the attachments as the caller has put them in. */
export interface WrittenPacket {
  readonly text: string;
  readonly attachments: readonly BinaryData[];
}

const NONE: readonly never[] = [];

/**
 * Encodes a packet. Whether an EVENT or ACK is the binary kind is found while its data is walked.
 *
 * @throws {TypeError} when the data cannot be written as JSON, or there is no such type.
 * @see protocol-docs/socket.io.md#packet-encoding
 */
export function encode(packet: SocketPacket, replacer?: Replacer): EncodedPacket {
  const written = writePacket(packet, replacer);
  const { text, attachments } = written;
  return attachments.length === 0
    ? (written as EncodedPacket)
    : { text, attachments: attachments.map(toAttachment) };
}

export function writePacket(packet: SocketPacket, replacer?: Replacer): WrittenPacket {
  const { type, data } = packet;
  switch (type) {
    case PACKET_TYPE.EVENT:
    case PACKET_TYPE.BINARY_EVENT:
      return writeWithBytes(packet, "2", "5", replacer);
    case PACKET_TYPE.ACK:
    case PACKET_TYPE.BINARY_ACK:
      return writeWithBytes(packet, "3", "6", replacer);
    case PACKET_TYPE.CONNECT:
    case PACKET_TYPE.DISCONNECT:
    case PACKET_TYPE.CONNECT_ERROR:
      return { text: type + address(packet) + toJson(data, replacer), attachments: NONE };
    default:
      throw new TypeError(`There is no packet of type ${String(type)}`);
  }
}

function writeWithBytes(
  packet: SocketPacket,
  type: string,
  binaryType: string,
  replacer: Replacer | undefined,
): WrittenPacket {
  const { data } = packet;
  const taken: BinaryData[] = [];
  const left = isObject(data) ? takeBinary(data, "", taken) : data;
  const rest = address(packet) + toJson(left, replacer);
  if (taken.length === 0) return { text: type + rest, attachments: NONE };
  return { text: `${binaryType}${taken.length}-${rest}`, attachments: taken };
}

const address = ({ nsp, id }: SocketPacket): string => (nsp && nsp !== "/" ? `${nsp},` : "") + (id ?? "");
