import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { listen } from "../listen.ts";

/** A way to a server that can be frozen: all connections stay, and nothing goes through any more. */
export class FrozenLink {
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;
  readonly #relay = createServer((near) => {
    const far = connect(this.#port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => {}).once("close", () => to.destroy());
      if (!this.#isFrozen) from.pipe(to);
    }
  });
  readonly #port: number;

  static async to(url: string): Promise<FrozenLink> {
    const link = new FrozenLink(Number(new URL(url).port));
    await listen(link.#relay);
    return link;
  }

  private constructor(port: number) {
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#relay.address() as AddressInfo).port}`;
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#relay.close(resolve));
  }
}
