export { Adapter } from "./adapter.ts";
export { ClusterAdapter } from "./cluster-adapter.ts";
export { ClusterAdapterWithHeartbeat } from "./cluster-adapter-with-heartbeat.ts";
export type { ClusterMessage, ClusterResponse, Offset, ServerId } from "./cluster-message.ts";
export { MessageType } from "./cluster-message.ts";
export type { ClusterAdapterOptions } from "./cluster-options.ts";
export type {
  AckTable,
  AdapterSocket,
  BroadcastFlags,
  BroadcastOptions,
  NamespacePort,
  PreparedForAll,
  PrivateSessionId,
  Room,
  Session,
  SessionToPersist,
  SocketId,
} from "./ports.ts";
export { RECOVERY_OPTIONS, type RecoveryOptions } from "./recovery-options.ts";
export { SessionAwareAdapter } from "./session-aware-adapter.ts";
