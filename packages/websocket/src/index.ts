export { type AcceptOptions, acceptUpgrade } from "./accept-upgrade.ts";
export { CLIENT_OPTIONS, type ClientOptions } from "./connect.ts";
export { Connection } from "./connection.ts";
export { CONNECTION_OPTIONS, type ConnectionOptions } from "./connection-options.ts";
export type { ConnectionSink } from "./connection-sink.ts";
export { CONNECTION } from "./connection-states.ts";
export {
  ConnectionError,
  type ConnectionErrorCode,
  HandshakeError,
  ProtocolError,
  type ProtocolErrorCode,
} from "./errors.ts";
export { type PreparedFrame, prepareBinary, prepareText } from "./prepared-frame.ts";
export { refuseUpgrade } from "./refuse-upgrade.ts";
export { type SendOptions, WebSocket, type WebSocketData } from "./websocket.ts";
export type {
  CloseEvent,
  ErrorEvent,
  MessageEvent,
  RawData,
  WebSocketEvent,
  WebSocketEventMap,
} from "./websocket-events.ts";
export {
  type HandleProtocols,
  SERVER_OPTIONS,
  WebSocketServer,
  type WebSocketServerEventMap,
  type WebSocketServerOptions,
} from "./websocket-server.ts";
