export type { AddressInfo } from "node:net";
export { type AcceptOptions, acceptUpgrade, agreeOnCompression } from "./accept-upgrade.ts";
export { attachStreams } from "./attach-server.ts";
export { CLIENT_OPTIONS, type ClientOptions } from "./client-options.ts";
export { Connection } from "./connection.ts";
export {
  type BufferPolicy,
  CONNECTION_OPTIONS,
  type ConnectionOptions,
  type OnBufferFull,
} from "./connection-options.ts";
export { type ConnectionSink, SILENT_SINK } from "./connection-sink.ts";
export { CONNECTION } from "./connection-states.ts";
export {
  DEFLATE_OPTIONS,
  type DeflateSettings,
  type PerMessageDeflateOptions,
  resolveDeflateOptions,
} from "./deflate-options.ts";
export {
  ConnectionError,
  type ConnectionErrorCode,
  HandshakeError,
  ProtocolError,
  type ProtocolErrorCode,
} from "./errors.ts";
export type { WebSocketData } from "./message-bytes.ts";
export type { OutgoingData } from "./message-sender.ts";
export { OPCODE } from "./opcodes.ts";
export type { SendCallback } from "./outbox.ts";
export { PreparedMessage, prepareBinary, prepareText } from "./prepared-message.ts";
export { refuseUpgrade } from "./refuse-upgrade.ts";
export { type ServerHandshake, streamHandshake, upgradeHandshake } from "./server-handshake.ts";
export {
  type AnyServer,
  type HandleProtocols,
  SERVER_OPTIONS,
  type WebSocketServerOptions,
  type WebSocketServerOptions as ServerOptions,
} from "./server-options.ts";
export { type SendOptions, WebSocket, WebSocket as default } from "./websocket.ts";
export type {
  BinaryType,
  CloseEvent,
  ErrorEvent,
  MessageEvent,
  RawData,
  WebSocketEvent,
  WebSocketEvent as Event,
  WebSocketEventMap as WebSocketListenerArgs,
} from "./websocket-events.ts";
export {
  WebSocketServer,
  WebSocketServer as Server,
  type WebSocketServerEventMap,
} from "./websocket-server.ts";
export { createWebSocketStream, type StreamedWebSocket } from "./websocket-stream.ts";
export type {
  CertMeta,
  ClientInfo,
  Data,
  EventListenerOptions,
  FinishRequestCallback,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  WebSocketEventMap,
} from "./ws-types.ts";
