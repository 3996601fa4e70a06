import type { Dialect } from "./dialect.ts";
import { LoadFailure } from "./load-failure.ts";
import type { AnswerRing } from "./message-ring.ts";

const NOTHING = Buffer.alloc(0);
const EXCERPT_BYTES = 60;
/** How much an excerpt shows of what comes before the first wrong byte. */
const EXCERPT_LEAD_BYTES = 20;

/** Checks that a connection's answers are those of its ring, in order, byte by byte. Compares whole runs at once. */
export class AnswerReader {
  readonly #ring: AnswerRing;
  readonly #heartbeat: Dialect["heartbeat"];
  readonly #answerHeartbeat: (pong: Buffer) => void;
  /** Bytes too few to tell the start of an answer from a heartbeat. */
  #rest: Buffer = NOTHING;
  /** How far into the ring all bytes were right. */
  #position = 0;

  constructor(ring: AnswerRing, heartbeat: Dialect["heartbeat"], answerHeartbeat: (pong: Buffer) => void) {
    this.#ring = ring;
    this.#heartbeat = heartbeat;
    this.#answerHeartbeat = answerHeartbeat;
  }

  /**
   * Takes the first `length` bytes of `chunk`. An answer may be cut anywhere by their end: what there is of it is
   * compared at once, since a long one comes in many reads and to collect it would cost more than to compare it.
   *
   * @returns how many answers are complete by it.
   * @throws {LoadFailure} when a byte is not the one expected.
   */
  accept(chunk: Buffer, length: number): number {
    const carried = this.#rest.length;
    const bytes = carried === 0 ? chunk : Buffer.concat([this.#rest, chunk.subarray(0, length)]);
    const end = carried + length;
    let at = 0;
    let answers = 0;
    for (;;) {
      at += this.#skipHeartbeats(bytes, at, end);
      const run = this.#runLength(end - at);
      if (run === 0) break;
      const into = this.#into;
      const matched = this.#match(bytes, at, run);
      answers += Math.floor((into + matched) / this.#ring.answerSize);
      at += matched;
    }
    this.#rest = at === end ? NOTHING : Buffer.from(bytes.subarray(at, end));
    return answers;
  }

  /** Bytes of the current answer that were right. */
  get #into(): number {
    return this.#position % this.#ring.answerSize;
  }

  #skipHeartbeats(bytes: Buffer, start: number, end: number): number {
    if (this.#heartbeat === undefined || this.#into > 0) return 0;
    const { ping, pong } = this.#heartbeat;
    let at = start;
    while (at + ping.length <= end && bytes.compare(ping, 0, ping.length, at, at + ping.length) === 0) {
      this.#answerHeartbeat(pong);
      at += ping.length;
    }
    return at - start;
  }

  /** How many of `available` bytes to compare: no further than the ring's end, no answer's start before it is known. */
  #runLength(available: number): number {
    const run = Math.min(available, this.#ring.answers.length - this.#position);
    if (this.#heartbeat === undefined) return run;
    const started = (this.#into + run) % this.#ring.answerSize;
    return started < this.#heartbeat.ping.length ? run - started : run;
  }

  /** Matches `run` bytes from `at`, or, when a heartbeat is among them, as many as belong to the current answer. */
  #match(bytes: Buffer, at: number, run: number): number {
    const toAnswerEnd = Math.min(run, this.#ring.answerSize - this.#into);
    const matched = this.#isNext(bytes, at, run)
      ? run
      : this.#isNext(bytes, at, toAnswerEnd)
        ? toAnswerEnd
        : 0;
    if (matched === 0) throw this.#wrongAnswer(bytes.subarray(at, at + toAnswerEnd));
    this.#position = (this.#position + matched) % this.#ring.answers.length;
    return matched;
  }

  #isNext(bytes: Buffer, at: number, size: number): boolean {
    return bytes.compare(this.#ring.answers, this.#position, this.#position + size, at, at + size) === 0;
  }

  #wrongAnswer(bytes: Buffer): LoadFailure {
    const { answers, answerSize } = this.#ring;
    const start = this.#position - this.#into;
    const expected = answers.subarray(start, start + answerSize);
    const got = Buffer.concat([expected.subarray(0, this.#into), bytes]);
    const wrong = got.findIndex((byte, index) => byte !== expected[index]);
    const from = wrong < EXCERPT_BYTES ? 0 : wrong - EXCERPT_LEAD_BYTES;
    const excerpt = (of: Buffer) => JSON.stringify(of.toString("latin1", from, from + EXCERPT_BYTES));
    const where = from === 0 ? "" : ` from byte ${from} on`;
    return new LoadFailure(`a wrong answer: expected${where} ${excerpt(expected)}, got ${excerpt(got)}`);
  }
}
