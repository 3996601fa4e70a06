import { isObject } from "./binary.ts";
import { MAX_ARGUMENTS, PACKET_TYPE, RESERVED_EVENTS, type SocketPacket } from "./packet.ts";

/** Whether the data and the id of a packet are of the kind that its type has. */
export function isPayloadOf({ type, data, id }: SocketPacket): boolean {
  switch (type) {
    case PACKET_TYPE.CONNECT:
      return id === undefined && (data === undefined || isRecord(data));
    case PACKET_TYPE.DISCONNECT:
      return id === undefined && data === undefined;
    case PACKET_TYPE.CONNECT_ERROR:
      return id === undefined && (typeof data === "string" || isRecord(data));
    case PACKET_TYPE.EVENT:
      return isEvent(data);
    default:
      return Array.isArray(data) && id !== undefined;
  }
}

export const isEvent = (data: unknown): boolean => Array.isArray(data) && isEventName(data[0]);

/** Whether the data can be spread over a call, if it is a list. */
export const isSpreadable = (data: unknown): boolean => !Array.isArray(data) || data.length <= MAX_ARGUMENTS;

const isRecord = (data: unknown): boolean => isObject(data) && !Array.isArray(data);

const isEventName = (name: unknown): boolean =>
  typeof name === "number" || (typeof name === "string" && !RESERVED_EVENTS.has(name));
