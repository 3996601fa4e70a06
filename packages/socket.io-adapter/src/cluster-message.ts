/** What servers of a cluster tell one another. Shapes and numbers are the reference's: both may share one cluster. */
import type { BroadcastFlags } from "./ports.ts";

/** Id of a server. */
export type ServerId = string;
/** Place of a message in the log of the cluster, for connection state recovery. */
export type Offset = string;

// An enum, as in the reference, whose members users write as types.
export enum MessageType {
  INITIAL_HEARTBEAT = 1,
  HEARTBEAT = 2,
  BROADCAST = 3,
  SOCKETS_JOIN = 4,
  SOCKETS_LEAVE = 5,
  DISCONNECT_SOCKETS = 6,
  FETCH_SOCKETS = 7,
  FETCH_SOCKETS_RESPONSE = 8,
  SERVER_SIDE_EMIT = 9,
  SERVER_SIDE_EMIT_RESPONSE = 10,
  BROADCAST_CLIENT_COUNT = 11,
  BROADCAST_ACK = 12,
  ADAPTER_CLOSE = 13,
}

/** `BroadcastOptions`, with lists for sets. */
export interface MessageOptions {
  rooms: string[];
  except: string[];
  flags: BroadcastFlags;
}

/** What each message carries, by its type. */
type MessageBody =
  | { type: MessageType.INITIAL_HEARTBEAT | MessageType.HEARTBEAT | MessageType.ADAPTER_CLOSE }
  | {
      type: MessageType.BROADCAST;
      data: { opts: MessageOptions; packet: unknown; requestId?: string };
    }
  | {
      type: MessageType.SOCKETS_JOIN | MessageType.SOCKETS_LEAVE;
      data: { opts: MessageOptions; rooms: string[] };
    }
  | { type: MessageType.DISCONNECT_SOCKETS; data: { opts: MessageOptions; close?: boolean } }
  | { type: MessageType.FETCH_SOCKETS; data: { opts: MessageOptions; requestId: string } }
  | {
      type: MessageType.SERVER_SIDE_EMIT;
      // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
      data: { requestId?: string; packet: any[] };
    };

type ResponseBody =
  | { type: MessageType.FETCH_SOCKETS_RESPONSE; data: { requestId: string; sockets: unknown[] } }
  | { type: MessageType.SERVER_SIDE_EMIT_RESPONSE; data: { requestId: string; packet: unknown } }
  | { type: MessageType.BROADCAST_CLIENT_COUNT; data: { requestId: string; clientCount: number } }
  | { type: MessageType.BROADCAST_ACK; data: { requestId: string; packet: unknown } };

/** For all servers. */
export type ClusterMessage = { uid: ServerId; nsp: string } & MessageBody;

/** For the server that asked. */
export type ClusterResponse = { uid: ServerId; nsp: string } & ResponseBody;

/** `Omit` that keeps the members of a union apart. */
// biome-ignore lint/suspicious/noExplicitAny: `keyof any` is what `Omit` itself takes; the condition only distributes.
export type DistributiveOmit<T, K extends keyof any> = T extends any ? Omit<T, K> : never;

export type UnsignedMessage = DistributiveOmit<ClusterMessage, "nsp" | "uid">;
