/** What a client and the server say to one another: both count to `MESSAGES`, the server ahead by `LEAD`. */
export const MESSAGES = 100;
/** How many the server sends before it has heard anything: they are on their way while the session upgrades. */
export const LEAD = 10;

/** The number as text, and every seventh as bytes. */
export const numbered = (number: number): string | Buffer =>
  number % 7 === 6 ? Buffer.from(`${number}`) : `${number}`;

/** Counts along with a peer, and notes what was lost, doubled or out of order. */
export class Count {
  #next = 0;
  #firstFault: string | undefined;

  get isComplete(): boolean {
    return this.#next === MESSAGES;
  }

  get firstFault(): string | undefined {
    return this.#firstFault;
  }

  /** @returns the number of the message. */
  hear(data: unknown): number {
    const wanted = numbered(this.#next);
    const got = data instanceof ArrayBuffer ? Buffer.from(data) : data;
    const isRight = Buffer.isBuffer(wanted) ? Buffer.isBuffer(got) && got.equals(wanted) : got === wanted;
    if (!isRight) this.#firstFault ??= `message ${String(got)} instead of ${String(wanted)}`;
    return this.#next++;
  }
}
