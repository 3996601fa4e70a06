import type { IncomingMessage } from "node:http";

export type BodyOutcome =
  | { readonly kind: "complete"; readonly body: Buffer }
  | { readonly kind: "too large" }
  | { readonly kind: "aborted" };

/**
 * Reads the body of `request`, holding at most `limitBytes` of it.
 *
 * @param onOutcome called exactly once; as soon as the limit is passed, whether by what the request declares or by what it sends.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  onOutcome: (outcome: BodyOutcome) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;

  const settle = (outcome: BodyOutcome) => {
    request.off("data", onData).off("end", onEnd).off("close", onAborted);
    onOutcome(outcome);
  };
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size > limitBytes) settle({ kind: "too large" });
    else chunks.push(chunk);
  };
  const onEnd = () => settle({ kind: "complete", body: joined(chunks) });
  const onAborted = () => settle({ kind: "aborted" });

  if (Number(request.headers["content-length"]) > limitBytes) {
    settle({ kind: "too large" });
    return;
  }
  request.on("data", onData).on("end", onEnd).on("close", onAborted);
}

const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
