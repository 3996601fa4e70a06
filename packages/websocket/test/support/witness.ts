import type { EventEmitter } from "node:events";
import { nextTurn } from "./fake-socket.ts";
import { runningTimers } from "./timers.ts";

/** Takes down how a WebSocket ends, and what else goes wrong in the process meanwhile. */
export class Witness {
  readonly errors: Error[] = [];
  readonly closeCodes: number[] = [];
  readonly unhandled: unknown[] = [];
  readonly #timers = runningTimers();
  readonly #note = (fault: unknown) => void this.unhandled.push(fault);
  #wake: () => void = () => {};

  private constructor() {
    process.on("unhandledRejection", this.#note).on("uncaughtException", this.#note);
  }

  static async arrive(): Promise<Witness> {
    // Mocha sets its own timer once the test has given its promise.
    await nextTurn();
    return new Witness();
  }

  watch(socket: EventEmitter): void {
    socket.on("error", (error: Error) => this.errors.push(error));
    socket.on("close", (code: number) => {
      this.closeCodes.push(code);
      this.#wake();
    });
  }

  /** Resolves once `close` was told. */
  async closed(): Promise<void> {
    if (this.closeCodes.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** How many timers there are beside those from before. */
  get timersLeft(): number {
    return runningTimers() - this.#timers;
  }

  leave(): void {
    process.off("unhandledRejection", this.#note).off("uncaughtException", this.#note);
  }
}
