/** A way to see that nothing more comes: what was under way has arrived when bytes have gone to and fro a few times. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listen } from "../listen.ts";

const ROUND_TRIPS = 6;

export class Turns {
  readonly #server: Server;
  readonly #socket: Socket;
  readonly #waiting: (() => void)[] = [];

  static async start(): Promise<Turns> {
    const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
    return new Turns(server, await listen(server));
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => {
      for (const _ of chunk) this.#waiting.shift()?.();
    });
  }

  async pass(): Promise<void> {
    for (let i = 0; i < ROUND_TRIPS; i++) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#socket.write("x");
      });
      await new Promise(setImmediate);
    }
  }

  close(): void {
    this.#socket.destroy();
    this.#server.close();
  }
}
