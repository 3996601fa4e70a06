import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { listen } from "../../src/peers/listen.ts";

/** A TCP server of the test's own that forgets nothing: `close` drops what is still connected. */
export class RawServer {
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(onSocket: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.sockets.delete(socket));
      onSocket(socket);
    });
  }

  listen(): Promise<number> {
    return listen(this.#server);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server.close(), "close");
  }
}
