import * as adapter from "socket.io-adapter";

const flags: adapter.BroadcastFlags = { compress: true, volatile: false, local: true, timeout: 1 };
const message: adapter.ClusterMessage = { uid: "1", nsp: "/", type: adapter.MessageType.HEARTBEAT };
console.log(flags, message, adapter.Adapter);

export { Adapter, type ClusterAdapterOptions, MessageType, type Session } from "socket.io-adapter";
