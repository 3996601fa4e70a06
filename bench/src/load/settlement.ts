/** What a load waits for: that all answers are there, or else the first failure, which stays. */
export class Settlement {
  #failure: Error | undefined;
  #settle: () => void = () => {};

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  done(): void {
    this.#settle();
  }

  fail(cause: Error): void {
    this.#failure ??= cause;
    this.#settle();
  }

  /**
   * Starts the work and waits for `done` or `fail`. Does not start it after a failure.
   *
   * @param start gives the timers that end with the wait.
   */
  async wait(start: () => readonly NodeJS.Timeout[]): Promise<void> {
    let timers: readonly NodeJS.Timeout[] = [];
    try {
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        if (this.#failure === undefined) timers = start();
        else resolve();
      });
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
