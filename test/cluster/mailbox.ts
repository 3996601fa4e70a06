const LIMIT_MS = 8_000;

interface Waiter<T> {
  wants(item: T): boolean;
  give(item: T): void;
}

/** Keeps what arrives until somebody asks for it, so that nothing is missed that came early. */
export class Mailbox<T> {
  readonly #name: string;
  #items: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();

  /** @param name who it belongs to, for the message of a wait that was in vain. */
  constructor(name: string) {
    this.#name = name;
  }

  put(item: T): void {
    for (const waiter of this.#waiters)
      if (waiter.wants(item)) {
        waiter.give(item);
        return;
      }
    this.#items.push(item);
  }

  /** Takes all that is here now. */
  takeAll(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** Takes the first item that fits, now or when it arrives. */
  take<S extends T>(what: string, wants: (item: T) => item is S): Promise<S>;
  take(what: string, wants: (item: T) => boolean): Promise<T>;
  take(what: string, wants: (item: T) => boolean): Promise<T> {
    const index = this.#items.findIndex(wants);
    if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0] as T);
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        wants,
        give: (item) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(item);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`${this.#name} waited in vain for ${what}`));
      }, LIMIT_MS);
      this.#waiters.add(waiter);
    });
  }
}
