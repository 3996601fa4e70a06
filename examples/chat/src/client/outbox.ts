import type { Accepted, Reply } from "../protocol.ts";
import type { ChatSocket } from "./connection.ts";

export type Draft = { readonly key: string; readonly room: string } & (
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "picture"; readonly bytes: ArrayBuffer; readonly type: string }
);

export interface OutboxSink {
  onAccepted(draft: Draft, accepted: Accepted): void;
  onRefused(draft: Draft, message: string): void;
}

const MOST_WAITING = 50;
const ANSWER_WITHIN_MS = 20_000;
const TRY_AGAIN_MS = 1_500;

/**
 * What was written and not yet acknowledged. It survives a lost connection: everything unanswered is sent again, under
 * its key, so that the server stores it once.
 */
export class Outbox {
  readonly #socket: ChatSocket;
  readonly #sink: OutboxSink;
  readonly #waiting = new Map<string, Draft>();
  readonly #inFlight = new Set<string>();
  #ready = false;

  constructor(socket: ChatSocket, sink: OutboxSink) {
    this.#socket = socket;
    this.#sink = sink;
  }

  /** @returns false, and takes nothing, when too much is waiting already. */
  add(draft: Draft): boolean {
    if (this.#waiting.size >= MOST_WAITING) return false;
    this.#waiting.set(draft.key, draft);
    if (this.#ready) this.#send(draft);
    return true;
  }

  waitingFor(room: string): readonly Draft[] {
    return [...this.#waiting.values()].filter((draft) => draft.room === room);
  }

  /** The room is joined: send what waits. */
  resume(): void {
    this.#ready = true;
    for (const draft of this.#waiting.values()) if (!this.#inFlight.has(draft.key)) this.#send(draft);
  }

  /** The connection is gone: keep what comes. */
  hold(): void {
    this.#ready = false;
  }

  #send(draft: Draft): void {
    this.#inFlight.add(draft.key);
    const answered = (failure: Error | null, reply?: Reply<Accepted>) => {
      this.#inFlight.delete(draft.key);
      // No answer: it may have arrived or not. It goes out again with the next connection, or at once on this one.
      if (failure !== null || reply === undefined) return this.#again(draft, 0);
      if (!reply.ok && reply.error.code === "TOO_FAST") return this.#again(draft, TRY_AGAIN_MS);
      this.#waiting.delete(draft.key);
      if (reply.ok) this.#sink.onAccepted(draft, reply);
      else this.#sink.onRefused(draft, reply.error.message);
    };
    const { key, room } = draft;
    const timed = this.#socket.timeout(ANSWER_WITHIN_MS);
    if (draft.kind === "text") timed.emit("message", { room, key, text: draft.text }, answered);
    else timed.emit("picture", { room, key, bytes: draft.bytes }, answered);
  }

  #again(draft: Draft, delayMs: number): void {
    setTimeout(() => {
      const due = this.#waiting.has(draft.key) && !this.#inFlight.has(draft.key);
      if (due && this.#ready) this.#send(draft);
    }, delayMs);
  }
}
