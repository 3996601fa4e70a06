/** A WebSocket to the server whose messages the test writes itself, packet by packet. */
import { WebSocket } from "ws";

export class RawSocket {
  readonly #socket: WebSocket;
  readonly #received: (string | Buffer)[] = [];
  #wake: () => void = () => {};
  readonly closed: Promise<void>;

  /** Opens an Engine.IO session; resolves once its open packet has come. */
  static async open(port: number, revision: 3 | 4 = 4): Promise<RawSocket> {
    const socket = new RawSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=${revision}&transport=websocket`);
    await socket.until((packet) => String(packet).startsWith("0{"));
    return socket;
  }

  /** The same with a Socket.IO socket in the main namespace. */
  static async connect(port: number): Promise<RawSocket> {
    const socket = await RawSocket.open(port);
    socket.send("40");
    await socket.until((packet) => String(packet).startsWith('40{"sid"'));
    return socket;
  }

  private constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.on("message", (data: Buffer, isBinary) => {
      this.#received.push(isBinary ? data : data.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on("close", () => {
        resolve();
        this.#wake();
      });
    });
    this.#socket.on("error", () => {});
  }

  get received(): readonly (string | Buffer)[] {
    return this.#received;
  }

  send(...packets: readonly (string | Buffer)[]): void {
    for (const packet of packets) this.#socket.send(packet);
  }

  /** Resolves with the first packet, old or new, that `matches`. */
  async until(matches: (packet: string | Buffer) => boolean): Promise<string | Buffer> {
    for (;;) {
      const packet = this.#received.find(matches);
      if (packet !== undefined) return packet;
      if (this.#socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed by the server after ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }
}
