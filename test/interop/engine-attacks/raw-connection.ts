/** A TCP connection on which the test says anything, at any pace. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the server has ended the connection. */
  readonly over: Promise<void>;
  #received = "";
  #isOver = false;
  #wake: () => void = () => {};

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, "127.0.0.1");
    const connection = new RawConnection(socket);
    await once(socket, "connect");
    return connection;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay();
    // A server which resets the connection has ended it too.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
      this.#wake();
    });
    this.over = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isOver = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** All that came, each byte as a character. */
  get received(): string {
    return this.#received;
  }

  write(data: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(data);
  }

  /** Resolves when the network has taken what was written, and never when there is nothing to take any more. */
  drained(): Promise<void> {
    return new Promise((resolve) => this.socket.once("drain", resolve));
  }

  /** Writes byte after byte, one every `everyMs`, until the server has ended the connection. */
  async drip(byte: string, everyMs: number): Promise<void> {
    const timer = setInterval(() => this.write(byte), everyMs);
    await this.over;
    clearInterval(timer);
  }

  /** Resolves once `pattern` is in what came. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#received);
      if (match !== null) return match;
      if (this.#isOver) throw new Error(`ended after ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** How many HTTP answers have begun. */
  get answers(): number {
    return this.#received.split("HTTP/1.1 ").length - 1;
  }

  async answered(count: number): Promise<void> {
    while (this.answers < count) {
      if (this.#isOver) throw new Error(`ended after ${this.answers} answers`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  cut(): void {
    this.socket.destroy();
  }
}
