// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import { type Namespace, Server, Socket } from "socket.io";
import type { Adapter } from "socket.io-adapter";

const io = new Server();

// What adapters and tools reach for.
io._nsps.forEach((namespace, name) => {
  console.log(name, namespace.sockets.size, namespace._ids);
});
for (const namespace of io._nsps.values()) namespace._onServerSideEmit(["event", 1, "two"]);
const timeoutMs: number = io._connectTimeout;
const encoded: unknown[] = io.encoder.encode({ type: 2, nsp: "/", data: ["hello"] });
const recovery: number | undefined = io._opts.connectionStateRecovery?.maxDisconnectionDuration;
const { Encoder } = io._parser;
console.log(timeoutMs, encoded, recovery, new Encoder());

function trace(namespace: Namespace): Adapter {
  const { emit } = namespace;
  namespace.emit = (event: string, ...args: any[]) => {
    console.log(event, args);
    return emit.call(namespace, event, ...args);
  };
  for (const socket of namespace.sockets.values()) {
    socket.client.conn.close();
    console.log(socket.client.request.url, socket instanceof Socket, socket.conn.protocol);
  }
  return namespace.adapter;
}
io.on("new_namespace", (namespace) => trace(namespace));
