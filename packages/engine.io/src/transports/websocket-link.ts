import type { Connection } from "@towline/websocket";

/** All that the transport needs of a WebSocket: ours, or one of another engine behind the same members. */
export type WebSocketLink = Pick<
  Connection,
  | "sink"
  | "bufferedAmount"
  | "isCompressing"
  | "sendText"
  | "sendBinary"
  | "sendPrepared"
  | "send"
  | "close"
  | "terminate"
> &
  Partial<Pick<Connection, "isBehind">>;
