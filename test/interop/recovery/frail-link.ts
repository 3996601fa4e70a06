/** A stretch of network that breaks when it is told to, or in the midst of what a server sends. */
import { connect, createServer, type Socket } from "node:net";
import { listen } from "../listen.ts";

/** Forwards TCP connections to a port of this machine. */
export class FrailLink {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    const far = connect(this.#target, "127.0.0.1");
    this.#join(near, far, (chunk) => near.writable && far.write(chunk));
    this.#join(far, near, (chunk) => this.#toClient(near, chunk));
  });
  readonly #target: number;
  #bytesLeft: number | undefined;
  #onCut: (() => void) | undefined;

  constructor(target: number) {
    this.#target = target;
  }

  listen(): Promise<number> {
    return listen(this.#server);
  }

  /** Breaks every connection: both ends see a reset and nothing before it. New ones are taken again. */
  cut(): void {
    this.#bytesLeft = undefined;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#onCut?.();
  }

  /** Lets `bytes` more through to the client and then ends, so that these arrive and nothing behind them. */
  cutAfter(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  /** Calls `listener` at every cut from now on. */
  onCut(listener: () => void): void {
    this.#onCut = listener;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#onCut = undefined;
    this.cut();
    await closed;
  }

  #toClient(near: Socket, chunk: Buffer): void {
    if (!near.writable) return;
    if (this.#bytesLeft === undefined || chunk.length < this.#bytesLeft) {
      if (this.#bytesLeft !== undefined) this.#bytesLeft -= chunk.length;
      near.write(chunk);
      return;
    }
    // A reset would take back what has not been read yet.
    near.end(chunk.subarray(0, this.#bytesLeft));
    this.#bytesLeft = undefined;
    for (const socket of this.#sockets) if (socket !== near) socket.destroy();
    this.#onCut?.();
  }

  #join(from: Socket, to: Socket, forward: (chunk: Buffer) => void): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("data", forward);
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.end();
    });
  }
}
