/** A client that does nothing wrong beside those that do. All its echoes have to come back, in order. */
import { OFFICIAL_CLIENTS } from "../clients.ts";
import { next } from "../events.ts";
import type { ClientSocket } from "../peers.ts";

export class GoodClient {
  readonly answers: unknown[] = [];
  sent = 0;
  readonly #socket: ClientSocket;
  #wake: () => void = () => {};

  static async connect(port: number): Promise<GoodClient> {
    const newest = OFFICIAL_CLIENTS.at(-1);
    if (newest === undefined) throw new Error("No official client");
    const socket = newest.io(`http://127.0.0.1:${port}`, {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 10,
      reconnectionDelayMax: 20,
    });
    await next(socket, "connect");
    return new GoodClient(socket);
  }

  private constructor(socket: ClientSocket) {
    this.#socket = socket;
    socket.on("disconnect", (reason) => this.answers.push(`disconnected: ${String(reason)}`));
    // Without an acknowledgement, for one that answers wrongly could answer to the wrong question.
    socket.on("echo", (number: unknown) => {
      this.answers.push(number);
      this.#wake();
    });
  }

  say(): void {
    this.#socket.emit("echo", this.sent++);
  }

  /** Resolves once as many answers have come as things were said. */
  async answered(): Promise<void> {
    while (this.answers.length < this.sent)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  leave(): void {
    this.#socket.disconnect();
  }
}
