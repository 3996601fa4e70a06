import { type Clock, deliver, type TimerHandle } from "@towline/core";
import type { ServerId } from "./cluster-message.ts";

/** Whose answers are waited for: of so many servers, or of these. */
export type Awaited = number | ReadonlySet<ServerId>;

export type OnAnswers = (error: Error | null, answers: unknown[]) => void;

interface Request {
  readonly answers: unknown[];
  readonly heard: Set<ServerId>;
  /** Servers that have yet to answer, where they are known by name. */
  readonly missing: Set<ServerId> | undefined;
  readonly count: number;
  readonly timer: TimerHandle;
  readonly onDone: OnAnswers;
}

/** What is asked of the other servers. Each request ends once: complete, at its timeout, or with the adapter. */
export class Requests {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Request>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#pending.size;
  }

  start(id: string, awaited: Awaited, timeoutMs: number, onDone: OnAnswers): void {
    const missing = typeof awaited === "number" ? undefined : new Set(awaited);
    const count = typeof awaited === "number" ? awaited : awaited.size;
    const timer = this.#clock.setTimeout(() => this.#onTimeout(id), timeoutMs);
    this.#pending.set(id, { answers: [], heard: new Set(), missing, count, timer, onDone });
    this.#endIfComplete(id);
  }

  /** Takes the first answer of a server; further ones, and those of servers that were not asked, are ignored. */
  answer(id: string, server: ServerId, answers: readonly unknown[]): void {
    const request = this.#pending.get(id);
    if (request === undefined || request.heard.has(server)) return;
    if (request.missing !== undefined && !request.missing.delete(server)) return;
    request.heard.add(server);
    for (const answer of answers) request.answers.push(answer);
    this.#endIfComplete(id);
  }

  /** A server is gone, and will not answer. */
  forget(server: ServerId): void {
    for (const [id, { missing }] of [...this.#pending]) if (missing?.delete(server)) this.#endIfComplete(id);
  }

  close(): void {
    deliver([...this.#pending.keys()], (id) => this.#end(id, new Error("the adapter has been closed")));
  }

  #endIfComplete(id: string): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    const { missing, heard, count } = request;
    if (missing === undefined ? heard.size >= count : missing.size === 0) this.#end(id, null);
  }

  #onTimeout(id: string): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    const { missing, heard, count } = request;
    this.#end(
      id,
      new Error(
        missing === undefined
          ? `timeout reached: only ${heard.size} responses received out of ${count}`
          : `timeout reached: missing ${missing.size} responses`,
      ),
    );
  }

  #end(id: string, error: Error | null): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    this.#pending.delete(id);
    this.#clock.clearTimeout(request.timer);
    request.onDone(error, request.answers);
  }
}
