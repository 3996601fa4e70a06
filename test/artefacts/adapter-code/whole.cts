import adapter = require("socket.io-adapter");

class Custom extends adapter.Adapter {
  override addAll(id: adapter.SocketId, rooms: Set<adapter.Room>) {
    return super.addAll(id, rooms);
  }
}
const options: adapter.BroadcastOptions = { rooms: new Set() };
const type: adapter.MessageType = adapter.MessageType.BROADCAST;
const { ClusterAdapter, SessionAwareAdapter } = adapter;
console.log(Custom, options, type, ClusterAdapter, SessionAwareAdapter, adapter.ClusterAdapterWithHeartbeat);
