/** A stretch of network that can be cut. */
import { connect, createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";

/** Forwards TCP connections to a port of this machine until it is told to break them. */
export class Link {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    const far = connect(this.#target, "127.0.0.1");
    this.#join(near, far);
    this.#join(far, near);
  });
  readonly #target: number;

  constructor(target: number) {
    this.#target = target;
  }

  listen(): Promise<number> {
    return listen(this.#server);
  }

  /** Breaks every connection: both ends see a reset and nothing before it. New ones are taken again. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.cut();
    await closed;
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.pipe(to);
    // A reset comes as an error and then as a close; the other end has to hear of either.
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
