import type { PacketData } from "@towline/engine.io-parser";
import type { BodyOutcome } from "./request-body.ts";

/** What polling answers a request with. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: PacketData;
  /** Whether the body may be compressed. */
  readonly compress: boolean;
  /** Whether the connection ends with this answer, as the rest of the request is not read. */
  readonly endsConnection: boolean;
}

/** One request of polling: all that polling needs of HTTP. */
export interface HttpCall {
  readonly method: string | undefined;
  /** Whether the body is of `application/octet-stream`. */
  readonly isBinary: boolean;
  /** Whether the client has left, with no answer. */
  readonly isGone: boolean;
  /**
   * Has `onEnd` called once: with true when the answer is with the kernel, with false when the client left before.
   */
  whenOver(onEnd: (isWritten: boolean) => void): void;
  /** See `readBody` of `request-body.ts`. */
  readBody(limitBytes: number, onOutcome: (outcome: BodyOutcome) => void): () => void;
  answer(answer: HttpAnswer): void;
}
