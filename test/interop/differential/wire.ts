/** One TCP connection to a server: says bytes, and keeps what it hears as lines. */
import { connect, type Socket } from "node:net";
import { describeAnswer, readAnswer } from "./http-answer.ts";
import { ServerFrames } from "./server-frames.ts";

/** Long beside what anything takes, so that it is over only when nothing comes. */
const PATIENCE_MS = 1_500;

export class Wire {
  readonly lines: string[] = [];
  readonly #socket: Socket;
  readonly #frames = new ServerFrames();
  /** Methods of the requests that have no answer yet. */
  readonly #asked: string[] = [];
  readonly #heard = { answer: 0, frame: 0 };
  readonly #expected = { answer: 0, frame: 0 };
  #bytes: Buffer = Buffer.alloc(0);
  #isWebSocket = false;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#read();
    });
    this.#socket.on("error", () => {});
    for (const event of ["end", "close"] as const) this.#socket.on(event, () => this.#onOver());
  }

  say(bytes: Buffer): void {
    const method = /^([A-Z]+) \S+ HTTP\/1\.[01]\r\n/.exec(bytes.toString("latin1", 0, 8_000))?.[1];
    if (method !== undefined) this.#asked.push(method);
    this.#socket.write(bytes);
  }

  /** Resolves when `count` more answers or frames have come than were waited for before. */
  async hear(what: "answer" | "frame", count: number): Promise<void> {
    this.#expected[what] += count;
    const isThere = await this.#until(() => this.#heard[what] >= this.#expected[what]);
    if (!isThere) this.lines.push(`(no ${what} came)`);
  }

  async hearEnd(): Promise<void> {
    if (!(await this.#until(() => this.#isOver))) this.lines.push("(no end came)");
  }

  leave(how: "end" | "reset"): void {
    this.lines.push(how === "end" ? "(ended by us)" : "(reset by us)");
    if (how === "end") this.#socket.end();
    else this.#socket.resetAndDestroy();
  }

  /** Ends the transcript with whether the server has ended the connection. */
  finish(): readonly string[] {
    if (this.#bytes.length > 0) this.lines.push(`unread ${JSON.stringify(this.#bytes.toString("latin1"))}`);
    this.lines.push(this.#isOver ? "connection closed" : "connection open");
    this.#socket.destroy();
    return this.lines;
  }

  #read(): void {
    while (this.#isWebSocket ? this.#readFrame() : this.#readAnswer());
    this.#wake();
  }

  #readAnswer(): boolean {
    const answer = readAnswer(this.#bytes, this.#asked[0] ?? "", this.#isOver);
    if (answer === undefined) return false;
    this.#bytes = answer.rest;
    this.lines.push(...describeAnswer(answer));
    this.#heard.answer++;
    if (answer.status >= 200) this.#asked.shift();
    this.#isWebSocket = answer.status === 101;
    return true;
  }

  #readFrame(): boolean {
    // What a server says in HTTP after the switch is no frame; it stays unread, and is shown so.
    if (this.#bytes.toString("latin1", 0, 5) === "HTTP/") return false;
    const frame = this.#frames.read(this.#bytes);
    if (frame === undefined) return false;
    this.#bytes = frame.rest;
    this.lines.push(frame.line);
    this.#heard.frame++;
    return true;
  }

  #onOver(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#read();
  }

  async #until(condition: () => boolean): Promise<boolean> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      const left = deadline - Date.now();
      if (left <= 0 || this.#isOver) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }
}
