export { Adapter } from "./adapter.ts";
export type {
  AdapterSocket,
  BroadcastFlags,
  BroadcastOptions,
  NamespacePort,
  Room,
  SocketId,
} from "./ports.ts";
