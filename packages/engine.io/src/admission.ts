/** What the application is asked before a session begins. It may take its time, and its errors are its own. */
import type { IncomingMessage } from "node:http";
import { Refusal } from "./errors.ts";
import type { AllowRequest } from "./server-options.ts";

/**
 * Asks `allowRequest` whether a new session may be. Its first answer counts. What it throws goes its way, but the client
 * must not wait for ever.
 *
 * @param answer called once: with a refusal, or with nothing.
 */
export function askWhetherAllowed(
  allowRequest: AllowRequest,
  request: IncomingMessage,
  answer: (refusal?: Refusal) => void,
): void {
  let pending: typeof answer | undefined = answer;
  const answerOnce = (refusal?: Refusal) => {
    const tell = pending;
    pending = undefined;
    tell?.(refusal);
  };
  try {
    allowRequest(request, (message, success) =>
      answerOnce(success ? undefined : new Refusal("FORBIDDEN", { message })),
    );
  } catch (error) {
    answerOnce(new Refusal("SERVER_FAILED", { name: "ALLOW_REQUEST_FAILURE", error }));
    throw error;
  }
}

/**
 * Makes the id of a new session.
 *
 * @param generate gives the id, or a promise of it. Numbers are taken for their digits, as `engine.io` does.
 * @param onDone called once, with the id or the refusal that comes of there being none.
 */
export function makeId(
  generate: () => string | PromiseLike<string>,
  onDone: (result: string | Refusal) => void,
): void {
  const fail = (error: unknown) => onDone(new Refusal("BAD_REQUEST", { name: "ID_GENERATION_ERROR", error }));
  const take = (id: unknown) => {
    if (isId(id)) onDone(String(id));
    else fail(new TypeError(`generateId must give a string that is not empty, got ${String(id)}`));
  };
  let id: unknown;
  try {
    id = generate();
  } catch (error) {
    fail(error);
    return;
  }
  if (isPromise(id)) id.then(take, fail);
  else take(id);
}

const isId = (value: unknown): boolean =>
  (typeof value === "string" && value !== "") || typeof value === "number";

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null)?.then === "function";
