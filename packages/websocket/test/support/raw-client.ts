import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { hex } from "./bytes.ts";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export function handshakeRequest(replaced: Record<string, string | null> = {}, method = "GET"): string {
  const headers: Record<string, string | null> = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...replaced,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return `${method} / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** A peer that is nothing but a TCP socket, so that it can say anything. */
export class RawClient {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    socket.on("end", () => this.#wake?.());
    socket.on("close", () => this.#wake?.());
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, "connect");
    return client;
  }

  /** Connects and finishes the opening handshake, `more` sent in the same segment. */
  static async upgrade(port: number, more: Uint8Array = new Uint8Array()): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.send(Buffer.concat([Buffer.from(handshakeRequest()), more]));
    await client.readHead();
    return client;
  }

  send(data: Uint8Array | string): void {
    this.socket.write(typeof data === "string" && /^[0-9a-f ]+$/.test(data) ? hex(data) : data);
  }

  /** The head of an HTTP answer, up to and with its blank line. */
  async readHead(): Promise<string> {
    await this.#until(() => this.#received.includes("\r\n\r\n"));
    return this.#take(this.#received.indexOf("\r\n\r\n") + 4).toString("latin1");
  }

  async read(bytes: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= bytes);
    return this.#take(bytes);
  }

  /** All that still comes until the other side ends, which this side then does too. */
  async readToEnd(): Promise<Buffer> {
    await this.#until(() => this.#isOver);
    this.socket.end();
    return this.#take(this.#received.length);
  }

  destroy(): void {
    this.socket.destroy();
  }

  get #isOver(): boolean {
    return this.socket.readableEnded || this.socket.destroyed;
  }

  #take(bytes: number): Buffer {
    const taken = this.#received.subarray(0, bytes);
    this.#received = this.#received.subarray(bytes);
    return taken;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#isOver)
        throw new Error(`The peer ended after ${JSON.stringify(this.#received.toString("latin1"))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
