import { callUser, type Report } from "./call-user.ts";

export type Middleware<Subject> = (subject: Subject, next: (error?: Error) => void) => void;

/** What comes of a chain of middlewares: one of these, once. */
export interface MiddlewareOutcome {
  onPassed(): void;
  /** One has called `next` with an error. */
  onRefused(error: Error): void;
  /** One has thrown, or its promise was rejected, before it called `next`. */
  onFailed(): void;
  /** Gets all that middlewares throw or reject with, also when what comes of it is decided already. */
  readonly report: Report;
}

/** Asks one middleware after the other, each as it was added when its turn comes. A second call of `next` is ignored. */
export function runMiddlewares<Subject>(
  middlewares: readonly Middleware<Subject>[],
  subject: Subject,
  outcome: MiddlewareOutcome,
  index = 0,
): void {
  const middleware = middlewares[index];
  if (middleware === undefined) {
    outcome.onPassed();
    return;
  }
  let isOver = false;
  const next = (error?: Error) => {
    if (isOver) return;
    isOver = true;
    if (error) outcome.onRefused(error);
    else runMiddlewares(middlewares, subject, outcome, index + 1);
  };
  callUser(
    () => middleware(subject, next),
    (error, isRejection) => {
      if (!isOver) outcome.onFailed();
      isOver = true;
      outcome.report(error, isRejection);
    },
  );
}
