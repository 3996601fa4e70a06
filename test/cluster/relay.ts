import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a node that can be led to another, as a balancer in front of several nodes would do. */
export interface Relay {
  readonly url: string;
  /** Cuts every connection, and takes no other for now. */
  hold(): void;
  /** Takes connections again, and leads them to this port. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function startRelay(firstPort: number): Promise<Relay> {
  let target: number | undefined = firstPort;
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    if (target === undefined) {
      near.destroy();
      return;
    }
    const far = connect(target, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      target = undefined;
      cut();
    },
    leadTo(port) {
      target = port;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
