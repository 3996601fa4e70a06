/** What comes from the bus, checked before anything is done with it: only what is shaped as it must be is a message. */
import { PACKET_TYPE, type SocketPacket } from "@towline/socket.io-parser";
import {
  type ClusterMessage,
  type ClusterResponse,
  type MessageOptions,
  MessageType,
} from "./cluster-message.ts";
import type { BroadcastOptions } from "./ports.ts";

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
// Code without types names its rooms by numbers as well.
const isName = (value: unknown): boolean => typeof value === "string" || typeof value === "number";
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every(isName);
const isId = (value: unknown): value is string => typeof value === "string";
const isIdOrNone = (value: unknown): boolean => value === undefined || value === null || isId(value);

const isOptions = (value: unknown): boolean =>
  isObject(value) &&
  isNames(value.rooms) &&
  (value.except === undefined || isNames(value.except)) &&
  (value.flags === undefined || isObject(value.flags));

/** Whether it is an event's arguments: its name comes first. */
const isEvent = (value: unknown): boolean => Array.isArray(value) && isName(value[0]);

function isPacket(value: unknown): boolean {
  if (!isObject(value) || !Number.isInteger(value.type)) return false;
  const { type } = value as unknown as SocketPacket;
  return (type !== PACKET_TYPE.EVENT && type !== PACKET_TYPE.BINARY_EVENT) || isEvent(value.data);
}

/** The data of each type of message. */
const MESSAGE_DATA: ReadonlyMap<unknown, (data: Fields) => boolean> = new Map([
  [MessageType.INITIAL_HEARTBEAT, () => true],
  [MessageType.HEARTBEAT, () => true],
  [MessageType.ADAPTER_CLOSE, () => true],
  [
    MessageType.BROADCAST,
    (data) => isOptions(data.opts) && isPacket(data.packet) && isIdOrNone(data.requestId),
  ],
  [MessageType.SOCKETS_JOIN, (data) => isOptions(data.opts) && isNames(data.rooms)],
  [MessageType.SOCKETS_LEAVE, (data) => isOptions(data.opts) && isNames(data.rooms)],
  [MessageType.DISCONNECT_SOCKETS, (data) => isOptions(data.opts)],
  [MessageType.FETCH_SOCKETS, (data) => isOptions(data.opts) && isId(data.requestId)],
  [MessageType.SERVER_SIDE_EMIT, (data) => isEvent(data.packet) && isIdOrNone(data.requestId)],
] satisfies [MessageType, (data: Fields) => boolean][]);

const RESPONSE_DATA: ReadonlyMap<unknown, (data: Fields) => boolean> = new Map([
  [MessageType.FETCH_SOCKETS_RESPONSE, (data) => Array.isArray(data.sockets) && data.sockets.every(isObject)],
  [MessageType.SERVER_SIDE_EMIT_RESPONSE, () => true],
  [
    MessageType.BROADCAST_CLIENT_COUNT,
    ({ clientCount }) => Number.isInteger(clientCount) && Number(clientCount) >= 0,
  ],
  [MessageType.BROADCAST_ACK, () => true],
] satisfies [MessageType, (data: Fields) => boolean][]);

const NO_DATA: Fields = {};

/** @returns `undefined` when it is no message. */
export function readMessage(value: unknown): ClusterMessage | undefined {
  if (!isObject(value) || typeof value.nsp !== "string" || !isIdOrNone(value.uid)) return undefined;
  const data = value.data ?? NO_DATA;
  const isSound = MESSAGE_DATA.get(value.type);
  return isSound !== undefined && isObject(data) && isSound(data) ? (value as ClusterMessage) : undefined;
}

/** @returns `undefined` when it is no response. */
export function readResponse(value: unknown): ClusterResponse | undefined {
  if (!isObject(value) || typeof value.nsp !== "string" || !isId(value.uid)) return undefined;
  const { data } = value;
  const isSound = RESPONSE_DATA.get(value.type);
  return isSound !== undefined && isObject(data) && isId(data.requestId) && isSound(data)
    ? (value as ClusterResponse)
    : undefined;
}

/** Broadcast options as they go over the bus. */
export const writeOptions = ({ rooms, except, flags }: BroadcastOptions): MessageOptions => ({
  rooms: [...rooms],
  except: [...(except ?? [])],
  flags: flags ?? {},
});

export const readOptions = ({ rooms, except, flags }: MessageOptions): BroadcastOptions => ({
  rooms: new Set(rooms),
  except: new Set(except),
  flags: flags ?? {},
});
