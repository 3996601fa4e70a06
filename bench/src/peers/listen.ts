import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** Makes `server` listen on a free port of the loopback interface and gives that port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
