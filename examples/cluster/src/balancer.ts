import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setupMaster } from "@socket.io/sticky";
import { startRedis } from "../../../test/support/brokers/redis-server.ts";

const WORKERS = 4;
/** How long a worker may take to end before it is killed. */
const END_LIMIT_MS = 3_000;

/** Spreads connections over the workers, brings each request of a session to the same one, and replaces what dies. */
export async function runBalancer(): Promise<void> {
  const { PORT = "3000", HOST, REDIS_URL } = process.env;
  const redis = REDIS_URL === undefined || REDIS_URL === "" ? await startRedis() : undefined;
  const redisUrl = redis?.url ?? REDIS_URL ?? "";
  console.log(`Redis: ${redisUrl}${redis === undefined ? "" : ", our own"}`);

  const http = createServer();
  setupMaster(http, { loadBalancingMethod: "least-connection" });
  // Pictures are bytes, which JSON would not carry from process to process.
  cluster.setupPrimary({ serialization: "advanced" });

  let closing: Promise<void> | undefined;
  const fork = (): Worker => {
    const worker = cluster.fork({ REDIS_URL: redisUrl });
    holdUntilReady(worker);
    // What is sent to a worker that was killed just now comes back as an error.
    worker.on("error", () => {});
    worker.once("message", () => console.log(`Worker ${worker.id} is ready: pid ${worker.process.pid}`));
    worker.once("exit", (code, signal) => {
      if (closing !== undefined) return;
      console.log(`Worker ${worker.id} is gone (${signal ?? `code ${code}`}): starting another`);
      fork();
    });
    return worker;
  };
  const close = async () => {
    console.log("Closing …");
    await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => worker && end(worker)));
    http.closeAllConnections();
    http.close();
    await redis?.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      closing ??= close();
    });

  await Promise.all(Array.from({ length: WORKERS }, () => once(fork(), "message")));
  http.listen({ port: Number(PORT), ...(HOST === undefined ? {} : { host: HOST }) });
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  console.log(`Towline chat on http://localhost:${port}, on ${WORKERS} workers behind pid ${process.pid}`);
}

/**
 * The balancer chooses among all workers, and one that is still starting would lose the connections that it is given:
 * nobody listens there yet. They wait here for it, a second or two.
 */
function holdUntilReady(worker: Worker): void {
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
  const held: unknown[][] = [];
  worker.send = (...args: unknown[]) => {
    held.push(args);
    return true;
  };
  worker.once("message", () => {
    worker.send = send;
    for (const args of held) send(...args);
  });
}

async function end(worker: Worker): Promise<void> {
  const gone = once(worker, "exit");
  const timer = setTimeout(() => worker.process.kill("SIGKILL"), END_LIMIT_MS);
  worker.send("close");
  await gone;
  clearTimeout(timer);
}
