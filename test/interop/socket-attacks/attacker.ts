/** A WebSocket on which the test says anything. It keeps of what it hears only what the test has not asked for yet. */
import { once } from "node:events";
import { WebSocket } from "ws";

export type Message = string | Buffer;

export class Attacker {
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;
  /** How many messages have come. */
  received = 0;
  /** The last message. */
  last: Message = "";
  readonly #socket: WebSocket;
  /** By how the message starts. */
  readonly #awaited = new Map<string, { resolve(message: Message): void; reject(error: Error): void }>();

  /** A session of Engine.IO, in no namespace. */
  static async open(port: number, revision: 4 | 5 = 5, query = ""): Promise<Attacker> {
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}/socket.io/?EIO=${revision - 1}&transport=websocket${query}`,
      { perMessageDeflate: false },
    );
    const attacker = new Attacker(socket);
    await once(socket, "message");
    return attacker;
  }

  /** The same, in "/". */
  static async join(port: number): Promise<Attacker> {
    const attacker = await Attacker.open(port);
    await attacker.request("40", '40{"sid"');
    return attacker;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer, isBinary) => this.#onMessage(isBinary ? data : data.toString()));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", (code) => {
        resolve(code);
        this.#onClose(code);
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Packets of Engine.IO, as they are. */
  send(...messages: readonly Message[]): void {
    for (const message of messages) if (this.isOpen) this.#socket.send(message);
  }

  /** Resolves once a message that starts so has come: from now on, or the last one. */
  hear(start: string): Promise<Message> {
    if (String(this.last).startsWith(start)) return Promise.resolve(this.last);
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.reject(new Error("closed already"));
    return new Promise((resolve, reject) => void this.#awaited.set(start, { resolve, reject }));
  }

  request(message: Message, answer: string): Promise<Message> {
    const answered = this.hear(answer);
    this.send(message);
    return answered;
  }

  /** Resolves once the server has worked off all that was sent, and answers still. */
  async outlives(): Promise<void> {
    await this.request('42999["echo","alive"]', '43999["alive"]');
    this.last = "";
  }

  /** Takes nothing more from the network. */
  stopReading(): void {
    this.#socket.pause();
  }

  async leave(): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  #onMessage(message: Message): void {
    this.received++;
    this.last = message;
    if (this.#awaited.size === 0) return;
    const text = String(message);
    for (const [start, { resolve }] of this.#awaited)
      if (text.startsWith(start)) {
        this.#awaited.delete(start);
        resolve(message);
      }
  }

  #onClose(code: number): void {
    for (const [start, { reject }] of this.#awaited)
      reject(new Error(`closed with ${code} before ${start.slice(0, 100)} came`));
    this.#awaited.clear();
  }
}
