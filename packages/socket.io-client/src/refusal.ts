import type { Untyped } from "./types.ts";

/** An error of the server, with what it says beyond the message. */
export interface ExtendedError extends Error {
  data?: Untyped;
}

/**
 * A refused connection as an error. Revision 5 sends `{message, data}`; revision 4 a bare message, or a bare object
 * when the server's error had one.
 */
export function refusalOf(payload: unknown): ExtendedError {
  if (typeof payload === "string") return new Error(payload);
  const { message, data } = (typeof payload === "object" && payload !== null ? payload : {}) as {
    message?: unknown;
    data?: unknown;
  };
  const error: ExtendedError = new Error(
    typeof message === "string" ? message : "connection refused by the server",
  );
  error.data = typeof message === "string" ? data : payload;
  return error;
}
