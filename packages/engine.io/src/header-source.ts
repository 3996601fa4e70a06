import type { IncomingMessage } from "node:http";

/** Headers of an answer, for the server's listeners to add to. */
export type AnswerHeaders = Record<string, string | number | string[]>;

/** Lets the server and its listeners add headers to an answer. */
export interface HeaderSource {
  /** @param isInitial whether the answer opens a session. */
  prepareHeaders(headers: AnswerHeaders, request: IncomingMessage, isInitial: boolean): void;
}
