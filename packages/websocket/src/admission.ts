import type { OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

/** What a client is told that is not welcome. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: OutgoingHttpHeaders | undefined;
}

/** Takes the answer to a question about a client: a refusal, or none. */
export type Answer = (refusal?: Refusal) => void;

export const FAILED: Refusal = { status: 500, message: "The server failed" };
const LATE: Refusal = { status: 503, message: "The server took too long to decide" };

/**
 * Puts a question about a client to the application, which may answer later. Its first answer counts, and none does once
 * the client is gone. An error of the application's refuses with 500 and goes on its way; 503 is what comes of no answer.
 *
 * @param limitMs how long the answer may take.
 */
export function ask(
  socket: Duplex,
  limitMs: number,
  question: (answer: Answer) => void,
  onAnswer: Answer,
): void {
  const waiting: { timer?: NodeJS.Timeout; onAnswer: Answer | undefined } = { onAnswer };
  const forget = (): void => {
    waiting.onAnswer = undefined;
    if (waiting.timer === undefined) return;
    clearTimeout(waiting.timer);
    socket.off("close", forget);
  };
  const answer: Answer = (refusal) => {
    const tell = waiting.onAnswer;
    forget();
    tell?.(refusal);
  };
  try {
    question(answer);
  } catch (error) {
    answer(FAILED);
    throw error;
  }
  if (waiting.onAnswer === undefined) return;
  waiting.timer = setTimeout(answer, limitMs, LATE);
  socket.on("close", forget);
}

/** Answers with what the application said of a client, or has promised to say. */
export function answerWith(
  isWelcome: boolean | PromiseLike<boolean>,
  refusal: Refusal,
  answer: Answer,
): void {
  if (typeof isWelcome !== "object" || isWelcome === null) {
    answer(isWelcome ? undefined : refusal);
    return;
  }
  void isWelcome.then(
    (isWelcomeNow) => answer(isWelcomeNow ? undefined : refusal),
    (error) => {
      answer(FAILED);
      throw error;
    },
  );
}
