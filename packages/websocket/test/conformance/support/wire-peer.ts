import type { Socket } from "node:net";
import { applyKey, type Sent, type WireFrame, wire } from "./wire-frame.ts";

/** In how many writes, with a turn of the event loop between them, bytes are sent. */
export type Delivery = "in one write" | "frame by frame" | "octet by octet" | number;

/** The other end of a connection: a TCP socket and the plainest reader of frames there is. */
export class WirePeer {
  readonly socket: Socket;
  /** Whether this side masks: it plays the client. */
  readonly #masks: boolean;
  #pieces: Buffer[] = [];
  #pendingBytes = 0;
  #isEnded = false;
  #fault: string | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, masks: boolean) {
    this.socket = socket;
    this.#masks = masks;
    socket.setNoDelay();
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#fault = error.code;
    });
    socket.on("data", (piece) => {
      this.#pieces.push(piece);
      this.#pendingBytes += piece.length;
      this.#wake?.();
    });
    for (const event of ["end", "close"])
      socket.on(event, () => {
        this.#isEnded = true;
        this.#wake?.();
      });
  }

  /** Whether the other side has ended TCP. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** What went wrong with TCP, such as ECONNRESET. */
  get fault(): string | undefined {
    return this.#fault;
  }

  async send(sent: readonly Sent[], delivery: Delivery = "in one write"): Promise<void> {
    const frames = sent.map((one) => wire(one, this.#masks));
    for (const piece of cut(frames, delivery)) {
      if (!this.socket.writable) return;
      if (!this.socket.write(piece) && typeof delivery === "number") await this.#drained();
      if (typeof delivery !== "number") await nextTurn();
    }
  }

  /** The next frame, or `undefined` at the end of TCP. */
  async frame(): Promise<WireFrame | undefined> {
    const head = await this.#take(2);
    if (head === undefined) return undefined;
    const [firstByte = 0, second = 0] = head;
    const lengthBytes = (second & 0x7f) < 126 ? 0 : (second & 0x7f) === 126 ? 2 : 8;
    const more = await this.#take(lengthBytes);
    const key = (second & 0x80) === 0 ? undefined : await this.#take(4);
    const length =
      lengthBytes === 0
        ? second & 0x7f
        : lengthBytes === 2
          ? more?.readUInt16BE()
          : Number(more?.readBigUInt64BE());
    const payload = await this.#take(length ?? 0);
    if (payload === undefined) throw new Error("TCP ended in the midst of a frame");
    return { firstByte, key, lengthBytes, payload: key === undefined ? payload : applyKey(payload, key) };
  }

  async frames(count: number): Promise<WireFrame[]> {
    const frames: WireFrame[] = [];
    while (frames.length < count) {
      const frame = await this.frame();
      if (frame === undefined) break;
      frames.push(frame);
    }
    return frames;
  }

  /** The bytes up to and with an HTTP head's blank line. */
  async head(): Promise<string> {
    for (;;) {
      const all = Buffer.concat(this.#pieces);
      const end = all.indexOf("\r\n\r\n");
      if (end >= 0 || this.#isEnded)
        return (await this.#take(end >= 0 ? end + 4 : all.length))?.toString("latin1") ?? "";
      await this.#more();
    }
  }

  /** Resolves when the other side has ended TCP. */
  async ended(): Promise<void> {
    while (!this.#isEnded) await this.#more();
  }

  async #take(bytes: number): Promise<Buffer | undefined> {
    while (this.#pendingBytes < bytes) {
      if (this.#isEnded) return undefined;
      await this.#more();
    }
    if (bytes === 0) return Buffer.alloc(0);
    const [first] = this.#pieces;
    const all = first !== undefined && first.length >= bytes ? first : Buffer.concat(this.#pieces.splice(0));
    if (all === first) this.#pieces.shift();
    if (all.length > bytes) this.#pieces.unshift(all.subarray(bytes));
    this.#pendingBytes -= bytes;
    return all.subarray(0, bytes);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.socket.off("drain", done).off("close", done);
        resolve();
      };
      this.socket.on("drain", done).on("close", done);
    });
  }
}

function cut(frames: readonly Buffer[], delivery: Delivery): readonly Buffer[] {
  if (delivery === "frame by frame") return frames;
  const all = Buffer.concat(frames);
  if (delivery === "in one write") return [all];
  const size = delivery === "octet by octet" ? 1 : delivery;
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.subarray(i * size, (i + 1) * size),
  );
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Long enough for anything that was already under way on the loopback interface to arrive. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await nextTurn();
}
