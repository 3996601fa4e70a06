type AckCallback = (...args: unknown[]) => void;

interface PendingAck {
  readonly callback: AckCallback;
  readonly timer: NodeJS.Timeout | undefined;
}

/** The acknowledgements a socket waits for. Each is called at most once. */
export class Acks {
  readonly #pending = new Map<number, PendingAck>();

  get size(): number {
    return this.#pending.size;
  }

  /** @param callback gets what the peer answers. */
  await(id: number, callback: AckCallback): void {
    this.#pending.set(id, { callback, timer: undefined });
  }

  /** @param callback gets an error, or `null` and what the peer answers. */
  awaitWithin(id: number, timeoutMs: number, callback: AckCallback): void {
    const timer = setTimeout(() => {
      this.#pending.delete(id);
      callback(new Error("operation has timed out"));
    }, timeoutMs);
    this.#pending.set(id, { callback: (...args) => callback(null, ...args), timer });
  }

  /** The peer has answered. False when nobody waits: unknown, or answered before. */
  resolve(id: number, args: unknown[]): boolean {
    const ack = this.#take(id);
    ack?.callback(...args);
    return ack !== undefined;
  }

  forget(id: number): void {
    this.#take(id);
  }

  /** Waits for none of them any more. Those with a timeout still hear of it then, the others never. */
  dropUntimed(): void {
    for (const [id, { timer }] of this.#pending) if (timer === undefined) this.#pending.delete(id);
  }

  #take(id: number): PendingAck | undefined {
    const ack = this.#pending.get(id);
    if (ack === undefined) return undefined;
    this.#pending.delete(id);
    clearTimeout(ack.timer);
    return ack;
  }
}
