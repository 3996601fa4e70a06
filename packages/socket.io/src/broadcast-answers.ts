import { AckError } from "./ack-error.ts";

export type AnswersCallback = (error: AckError | null, answers: unknown[]) => void;

/**
 * Collects the acknowledgements of one broadcast. Every server of the cluster says how many clients it has asked; when all
 * servers have, and as many answers are there, it is complete.
 */
export class BroadcastAnswers {
  readonly #callback: AnswersCallback;
  #timer: NodeJS.Timeout | undefined;
  readonly #answers: unknown[] = [];
  #servers: number | undefined;
  #serversHeard = 0;
  #clientsAsked = 0;
  #isSettled = false;

  constructor(callback: AnswersCallback) {
    this.#callback = callback;
  }

  /** Waits from now on for `timeoutMs` at most. */
  wait(timeoutMs: number): void {
    this.#timer = setTimeout(() => this.#settle(new AckError("SIO_ACK_TIMEOUT")), timeoutMs);
  }

  onServerCount(servers: number): void {
    this.#servers = servers;
    this.#settleIfComplete();
  }

  onClientCount(clients: number): void {
    this.#clientsAsked += clients;
    this.#serversHeard++;
    this.#settleIfComplete();
  }

  onAnswer(answer: unknown): void {
    // The list is the application's by then.
    if (this.#isSettled) return;
    this.#answers.push(answer);
    this.#settleIfComplete();
  }

  #settleIfComplete(): void {
    if (this.#serversHeard === this.#servers && this.#answers.length === this.#clientsAsked)
      this.#settle(null);
  }

  #settle(error: AckError | null): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#callback(error, this.#answers);
  }
}
