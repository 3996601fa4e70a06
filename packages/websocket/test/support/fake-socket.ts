import { Duplex } from "node:stream";

/** A stream that keeps what is written to it, write by write, and can be made to stall. */
export class FakeSocket extends Duplex {
  readonly writes: Buffer[] = [];
  #stalled: (() => void) | undefined;
  #isStalling = false;

  constructor(highWaterMark = 16) {
    super({ highWaterMark });
  }

  /** From now on a write is not finished before `resumeWriting`. */
  stall(): void {
    this.#isStalling = true;
  }

  resumeWriting(): void {
    this.#isStalling = false;
    this.#stalled?.();
    this.#stalled = undefined;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    if (this.#isStalling) this.#stalled = done;
    else done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "", done);
  }

  /** What has been written, as hex, one string a write; forgets it. */
  taken(): string[] {
    return this.writes.splice(0).map((chunk) => chunk.toString("hex"));
  }
}

/** Resolves when the current turn of the event loop, and what it has scheduled for its end, is over. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
