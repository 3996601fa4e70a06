import type { Dialect } from "./dialect.ts";
import { LoadFailure } from "./load-failure.ts";
import type { MessageRing } from "./message-ring.ts";

const NOTHING = Buffer.alloc(0);
const EXCERPT_BYTES = 60;

const excerpt = (bytes: Buffer): string => JSON.stringify(bytes.toString("latin1", 0, EXCERPT_BYTES));

/** Checks that a connection's answers are those of its ring, in order, byte by byte. Compares whole runs at once. */
export class AnswerReader {
  readonly #ring: MessageRing;
  readonly #heartbeat: Dialect["heartbeat"];
  readonly #answerHeartbeat: (pong: Buffer) => void;
  #rest: Buffer = NOTHING;
  #next = 0;

  constructor(ring: MessageRing, heartbeat: Dialect["heartbeat"], answerHeartbeat: (pong: Buffer) => void) {
    this.#ring = ring;
    this.#heartbeat = heartbeat;
    this.#answerHeartbeat = answerHeartbeat;
  }

  /**
   * Takes the first `length` bytes of `chunk` and keeps a copy of a frame cut by its end.
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
      const whole = Math.floor((end - at) / this.#ring.answerSize);
      if (whole === 0) break;
      const matched = this.#match(bytes, at, whole);
      answers += matched;
      at += matched * this.#ring.answerSize;
    }
    this.#rest = at === end ? NOTHING : Buffer.from(bytes.subarray(at, end));
    return answers;
  }

  #skipHeartbeats(bytes: Buffer, start: number, end: number): number {
    if (this.#heartbeat === undefined) return 0;
    const { ping, pong } = this.#heartbeat;
    let at = start;
    while (at + ping.length <= end && bytes.compare(ping, 0, ping.length, at, at + ping.length) === 0) {
      this.#answerHeartbeat(pong);
      at += ping.length;
    }
    return at - start;
  }

  /** Matches up to `whole` answers from `at`; fewer at the ring's end or before a heartbeat, but at least one. */
  #match(bytes: Buffer, at: number, whole: number): number {
    const { length, answerSize, answers } = this.#ring;
    const run = Math.min(whole, length - this.#next);
    const matched = this.#isNext(bytes, at, run) ? run : this.#isNext(bytes, at, 1) ? 1 : 0;
    if (matched === 0) {
      const from = this.#next * answerSize;
      const expected = excerpt(answers.subarray(from, from + answerSize));
      const got = excerpt(bytes.subarray(at, at + answerSize));
      throw new LoadFailure(`a wrong answer: expected ${expected}, got ${got}`);
    }
    this.#next = (this.#next + matched) % length;
    return matched;
  }

  #isNext(bytes: Buffer, at: number, count: number): boolean {
    const { answerSize, answers } = this.#ring;
    const from = this.#next * answerSize;
    const size = count * answerSize;
    return bytes.compare(answers, from, from + size, at, at + size) === 0;
  }
}
