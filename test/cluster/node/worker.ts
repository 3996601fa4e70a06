/** The primary of a Node cluster, with a sticky balancer in front, and the workers behind it, each of them one node. */
import cluster from "node:cluster";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster, setupWorker } from "@socket.io/sticky";
import { isFromNode, type ToPrimary } from "./messages.ts";
import { say } from "./say.ts";
import { serve } from "./serve.ts";

if (cluster.isPrimary) balance();
else
  void serve((io, http) => {
    // The balancer sees the first request of a connection alone, and a client may use one for several sessions.
    http.maxRequestsPerSocket = 1;
    setupWorker(io);
  });

function balance(): void {
  const http = createServer();
  setupMaster(http, { loadBalancingMethod: "round-robin" });
  setupPrimary();
  cluster.setupPrimary({ serialization: "advanced" });
  process.on("disconnect", () => process.exit());
  const workers = new Map<string, ReturnType<typeof cluster.fork>>();
  process.on("message", (order: ToPrimary) => {
    if ("toNode" in order) {
      workers.get(order.toNode)?.send(order.message);
      return;
    }
    const worker = cluster.fork({ NODE_NAME: order.start });
    workers.set(order.start, worker);
    // What is sent to a worker that was killed just now comes back as an error.
    worker.on("error", () => {});
    worker.on("message", (message: unknown) => {
      if (isFromNode(message)) say(message);
    });
  });
  http.listen(0, "127.0.0.1", () => {
    const { port } = http.address() as AddressInfo;
    say({ fromNode: "balancer", message: { notice: "ready", port, pid: process.pid } });
  });
}
