import { ProtocolError } from "./errors.ts";
import { type DecodedPacket, PACKET_TYPE, type PacketTypeCode } from "./packet.ts";
import { parseJson, type Reviver } from "./parse-json.ts";
import { isPayloadOf, isSpreadable } from "./payload.ts";

/** A packet whose text is read, and how many attachments it still wants. */
export interface DecodedText {
  readonly packet: DecodedPacket;
  readonly attachments: number;
}

const DASH = 45;
const SLASH = 47;
const ZERO = 48;
/** What lies between the two kinds of EVENT, and of ACK. */
const BINARY_OFFSET = PACKET_TYPE.BINARY_EVENT - PACKET_TYPE.EVENT;

const isDigit = (code: number): boolean => code >= ZERO && code <= ZERO + 9;

/**
 * Decodes the text of a packet: `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`. The binary kinds become EVENT and ACK.
 *
 * @throws {ProtocolError} naming what is wrong with it.
 * @see protocol-docs/socket.io.md#packet-encoding
 */
export function decodeText(text: string, reviver?: Reviver, maxAttachments = Infinity): DecodedText {
  let type = text.charCodeAt(0) - ZERO;
  if (!(type >= PACKET_TYPE.CONNECT && type <= PACKET_TYPE.BINARY_ACK))
    throw new ProtocolError("SIO_UNKNOWN_PACKET");

  let position = 1;
  let attachments = 0;
  if (type >= PACKET_TYPE.BINARY_EVENT) {
    const end = endOfDigits(text, position);
    if (text.charCodeAt(end) !== DASH) throw new ProtocolError("SIO_BAD_ATTACHMENT_COUNT");
    // No digits at all are zero, too.
    attachments = Number(text.slice(position, end));
    if (attachments === 0) throw new ProtocolError("SIO_BAD_ATTACHMENT_COUNT");
    if (attachments > maxAttachments) throw new ProtocolError("SIO_TOO_MANY_ATTACHMENTS");
    type -= BINARY_OFFSET;
    position = end + 1;
  }

  let nsp = "/";
  if (text.charCodeAt(position) === SLASH) {
    const comma = text.indexOf(",", position);
    const end = comma === -1 ? text.length : comma;
    nsp = text.slice(position, end);
    position = end + 1;
  }

  const packet: DecodedPacket = { type: type as PacketTypeCode, nsp };
  const idEnd = endOfDigits(text, position);
  // A CONNECT or DISCONNECT has no id: digits there would be a payload, which the check below then refuses.
  if (idEnd > position) {
    const id = Number(text.slice(position, idEnd));
    if (!Number.isSafeInteger(id)) throw new ProtocolError("SIO_BAD_ACK_ID");
    packet.id = id;
    position = idEnd;
  }

  if (position < text.length) packet.data = parseJson(text.slice(position), reviver);
  if (!isPayloadOf(packet)) throw new ProtocolError("SIO_BAD_PAYLOAD");
  if (!isSpreadable(packet.data)) throw new ProtocolError("SIO_TOO_MANY_ARGUMENTS");
  return { packet, attachments };
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}
