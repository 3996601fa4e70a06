/** A client that speaks the packets of Socket.IO over a WebSocket, and nothing by itself. */
import { WebSocket } from "ws";

export class Wire {
  readonly #webSocket: WebSocket;
  readonly #arrived: string[] = [];
  readonly #waiting: ((packet: string) => void)[] = [];
  /** The session's own handshake. */
  readonly opened: Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;

  constructor(url: string, options: ConstructorParameters<typeof WebSocket>[2] = {}) {
    this.#webSocket = new WebSocket(url, options);
    this.opened = new Promise((resolve, reject) => {
      this.#webSocket.on("error", reject);
      this.#webSocket.on("message", (data: Buffer, isBinary) => {
        const text = isBinary ? data.toString("hex") : data.toString();
        if (isBinary) this.#arrive(text);
        else if (text.startsWith("0")) resolve(JSON.parse(text.slice(1)));
        else if (text.startsWith("4")) this.#arrive(text.slice(1));
      });
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => {
      this.#webSocket.on("close", () => {
        this.#arrive("closed");
        resolve();
      });
    });
  }

  send(...packets: readonly (string | Buffer)[]): void {
    for (const packet of packets) this.#webSocket.send(typeof packet === "string" ? `4${packet}` : packet);
  }

  /** Sends as it stands, Engine.IO's digit included. */
  sendRaw(text: string): void {
    this.#webSocket.send(text);
  }

  /** The next packet that nobody has taken yet; bytes as hexadecimal digits; `closed` at the end. */
  next(): Promise<string> {
    const packet = this.#arrived.shift();
    if (packet !== undefined) return Promise.resolve(packet);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next `count` packets. */
  async take(count: number): Promise<string[]> {
    const packets: string[] = [];
    while (packets.length < count) packets.push(await this.next());
    return packets;
  }

  /** All packets up to `last`, without it. */
  async upTo(last: string): Promise<string[]> {
    const packets: string[] = [];
    for (;;) {
      const packet = await this.next();
      if (packet === last) return packets;
      packets.push(packet);
      if (packet === "closed") throw new Error(`closed before ${last}, after ${packets.join(" ")}`);
    }
  }

  /** Says goodbye as the protocol of WebSockets wants it. */
  close(): void {
    this.#webSocket.close();
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  /** Breaks the protocol of WebSockets. */
  break(): void {
    const { _socket: connection } = this.#webSocket as unknown as {
      readonly _socket: { write(data: Buffer): void };
    };
    connection.write(Buffer.of(0xff, 0));
  }

  #arrive(packet: string): void {
    const resolve = this.#waiting.shift();
    if (resolve === undefined) this.#arrived.push(packet);
    else resolve(packet);
  }
}
