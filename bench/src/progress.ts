const TERMINAL_PERIOD_MS = 500;
const PLAIN_PERIOD_MS = 5_000;
/** A terminal that does not know its width says 0. */
const FALLBACK_COLUMNS = 80;
const CLEAR_LINE = "\r\u001b[2K";

/** Where progress goes: `process.stderr`, or a test's stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells what is going on: on a terminal in one line that is rewritten, elsewhere by a line every five seconds. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = performance.now();
  #text = "";

  constructor(stream: ProgressStream) {
    this.#stream = stream;
    this.#timer = setInterval(() => this.#show(), stream.isTTY ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS);
  }

  update(text: string): void {
    const first = this.#text === "";
    this.#text = text;
    if (first || this.#stream.isTTY) this.#show();
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#stream.isTTY) this.#stream.write(CLEAR_LINE);
  }

  #show(): void {
    const seconds = Math.round((performance.now() - this.#startMs) / 1000);
    const line = `${this.#text}, ${seconds} s`;
    if (this.#stream.isTTY)
      this.#stream.write(CLEAR_LINE + line.slice(0, (this.#stream.columns || FALLBACK_COLUMNS) - 1));
    else this.#stream.write(`${line}\n`);
  }
}
