import { isTooDeep } from "./binary.ts";
import { ProtocolError } from "./errors.ts";
import { MAX_DEPTH, PACKET_TYPE, type Packet, type PacketTypeCode, RESERVED_EVENTS } from "./packet.ts";

export type Reviver = (this: unknown, key: string, value: unknown) => unknown;

/** A packet whose text is read, and how many attachments it still wants. */
export interface DecodedText {
  readonly packet: Packet;
  readonly attachments: number;
}

const DASH = 45;
const SLASH = 47;
const ZERO = 48;
/** A nested level takes a bracket on either side, so shorter text cannot be too deep. */
const DEPTH_CHECK_LENGTH = 2 * MAX_DEPTH;

const isDigit = (code: number): boolean => code >= ZERO && code <= ZERO + 9;

/**
 * Decodes the text of a packet: `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`.
 *
 * @throws {ProtocolError} naming what is wrong with it.
 * @see protocol-docs/socket.io.md#packet-encoding
 */
export function decodeText(text: string, reviver?: Reviver): DecodedText {
  const type = text.charCodeAt(0) - ZERO;
  if (!(type >= PACKET_TYPE.CONNECT && type <= PACKET_TYPE.BINARY_ACK))
    throw new ProtocolError("SIO_UNKNOWN_PACKET");

  let position = 1;
  let attachments = 0;
  if (type >= PACKET_TYPE.BINARY_EVENT) {
    const end = endOfDigits(text, position);
    if (end === position || text.charCodeAt(end) !== DASH)
      throw new ProtocolError("SIO_BAD_ATTACHMENT_COUNT");
    attachments = Number(text.slice(position, end));
    if (attachments === 0) throw new ProtocolError("SIO_BAD_ATTACHMENT_COUNT");
    position = end + 1;
  }

  let nsp = "/";
  if (text.charCodeAt(position) === SLASH) {
    const comma = text.indexOf(",", position);
    const end = comma === -1 ? text.length : comma;
    nsp = text.slice(position, end);
    position = end + 1;
  }

  const packet: Packet = { type: type as PacketTypeCode, nsp };
  const idEnd = endOfDigits(text, position);
  // A CONNECT or DISCONNECT has no id: digits there would be a payload, which the check below then refuses.
  if (idEnd > position) {
    const id = Number(text.slice(position, idEnd));
    if (!Number.isSafeInteger(id)) throw new ProtocolError("SIO_BAD_ACK_ID");
    packet.id = id;
    position = idEnd;
  }

  if (position < text.length) packet.data = parseJson(text, position, reviver);
  if (!isPayloadOf(packet)) throw new ProtocolError("SIO_BAD_PAYLOAD");
  return { packet, attachments };
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}

function parseJson(text: string, start: number, reviver: Reviver | undefined): unknown {
  let data: unknown;
  try {
    data = JSON.parse(text.slice(start));
  } catch (cause) {
    throw new ProtocolError("SIO_BAD_JSON", { cause });
  }
  if (text.length - start > DEPTH_CHECK_LENGTH && isTooDeep(data)) throw new ProtocolError("SIO_TOO_DEEP");
  // The reviver is the application's: what it throws is its own.
  return reviver === undefined ? data : JSON.parse(text.slice(start), reviver);
}

function isPayloadOf({ type, data, id }: Packet): boolean {
  switch (type) {
    case PACKET_TYPE.CONNECT:
      return id === undefined && (data === undefined || isRecord(data));
    case PACKET_TYPE.DISCONNECT:
      return id === undefined && data === undefined;
    case PACKET_TYPE.CONNECT_ERROR:
      return id === undefined && (typeof data === "string" || isRecord(data));
    case PACKET_TYPE.EVENT:
    case PACKET_TYPE.BINARY_EVENT:
      return Array.isArray(data) && isEventName(data[0]);
    default:
      return Array.isArray(data) && id !== undefined;
  }
}

const isRecord = (data: unknown): boolean =>
  typeof data === "object" && data !== null && !Array.isArray(data);

const isEventName = (name: unknown): boolean =>
  typeof name === "number" || (typeof name === "string" && !RESERVED_EVENTS.has(name));
