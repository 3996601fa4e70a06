import type { IncomingMessage } from "node:http";

export type BodyOutcome =
  | { readonly kind: "complete"; readonly body: Buffer }
  | { readonly kind: "too large" }
  /** Somebody has read it before us. */
  | { readonly kind: "taken" }
  | { readonly kind: "aborted" };

/**
 * Reads the body of `request`, holding at most `limitBytes` of it.
 *
 * @param onOutcome called at most once; as soon as the limit is passed, whether by what the request declares or by what it sends.
 * @returns a function that stops the reading; `onOutcome` is not called then.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  onOutcome: (outcome: BodyOutcome) => void,
): () => void {
  /** `undefined` once it is over. A listener that is left where it is costs less than its removal. */
  let chunks: Buffer[] | undefined = [];
  let size = 0;

  const stop = () => {
    chunks = undefined;
  };
  const settle = (outcome: BodyOutcome) => {
    stop();
    onOutcome(outcome);
  };
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limitBytes) chunks?.push(chunk);
    else if (chunks !== undefined) settle({ kind: "too large" });
  };
  const onEnd = () => {
    if (chunks !== undefined) settle({ kind: "complete", body: joined(chunks) });
  };
  const onAborted = () => {
    if (chunks !== undefined) settle({ kind: "aborted" });
  };

  if (Number(request.headers["content-length"]) > limitBytes) settle({ kind: "too large" });
  else if (request.readableEnded) settle({ kind: "taken" });
  // The client left while a middleware took its time.
  else if (request.destroyed) settle({ kind: "aborted" });
  else request.on("data", onData).on("end", onEnd).on("close", onAborted);
  return stop;
}

const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
