import { type Broker, makeFolder, startBroker } from "./broker.ts";
import { findRedis } from "./find-program.ts";
import { freePort } from "./free-port.ts";

/** Starts a Redis of our own on a free port. It keeps nothing on disk. */
export async function startRedis(): Promise<Broker> {
  const command = findRedis();
  const port = await freePort();
  const folder = makeFolder("redis");
  return startBroker({
    url: `redis://127.0.0.1:${port}`,
    command,
    args: [
      ...["--port", String(port)],
      ...["--bind", "127.0.0.1"],
      ...["--save", ""],
      ...["--appendonly", "no"],
      ...["--dir", folder],
    ],
    folder,
    ready: /ready to accept connections/i,
    stopSignal: "SIGKILL",
  });
}
