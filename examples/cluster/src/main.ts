/** What `npm run start:cluster` runs: a balancer in the primary process, and the workers behind it. */
import cluster from "node:cluster";
import { runBalancer } from "./balancer.ts";
import { runWorker } from "./worker.ts";

if (cluster.isPrimary)
  await runBalancer().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
else await runWorker();
