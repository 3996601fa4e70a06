import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setupMaster } from "@socket.io/sticky";
import type { Broker } from "../../../test/support/brokers/broker.ts";
import { startRedis } from "../../../test/support/brokers/redis-server.ts";
import { explain, readAddress } from "../../chat/src/listening.ts";
import { WorkerPool } from "./worker-pool.ts";

const WORKERS = 4;

/** Spreads connections over the workers, and brings each request of a session to the same one. */
export async function runBalancer(): Promise<void> {
  const address = readAddress(process.env);
  const { url, own } = await findRedis();
  console.log(`Redis: ${url}${own === undefined ? "" : ", our own"}`);

  const http = createServer();
  setupMaster(http, { loadBalancingMethod: "least-connection" });
  // Pictures are bytes, which JSON would not carry from process to process.
  cluster.setupPrimary({ serialization: "advanced" });
  const pool = new WorkerPool({ REDIS_URL: url });

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await pool.close();
      http.closeAllConnections();
      http.close();
      await own?.close();
    })();
    return closing;
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (closing === undefined) console.log("Closing …");
      void close().then(() => process.exit());
    });

  try {
    await pool.start(WORKERS);
    http.listen(address);
    await once(http, "listening");
  } catch (error) {
    await close();
    throw new Error(explain(error, address));
  }
  const { port } = http.address() as AddressInfo;
  console.log(`Towline chat on http://localhost:${port}, on ${WORKERS} workers behind pid ${process.pid}`);
}

async function findRedis(): Promise<{ readonly url: string; readonly own?: Broker }> {
  const { REDIS_URL = "" } = process.env;
  if (REDIS_URL !== "") return { url: REDIS_URL };
  const own = await startRedis();
  return { url: own.url, own };
}
