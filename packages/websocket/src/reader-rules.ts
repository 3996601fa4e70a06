export type Role = "server" | "client";

export interface ReaderLimits {
  /** Bytes a message may have, all its fragments together. */
  readonly maxPayload: number;
  /** Frames a message may come in. */
  readonly maxFragments: number;
  /** Chunks that a frame may be cut into. */
  readonly maxBufferedChunks: number;
  /** Whether text is taken as it comes, valid or not. */
  readonly skipUTF8Validation: boolean;
}

/** What a reader goes by. Readers of equal rules share one object. */
export interface ReaderRules {
  readonly limits: ReaderLimits;
  /** Whether frames have to be masked. */
  readonly masked: boolean;
  readonly mayCompress: boolean;
}

const rulesByLimits = new WeakMap<ReaderLimits, ReaderRules[]>();

/** The rules of a reader that reads as `role`. @param mayCompress whether permessage-deflate was agreed on. */
export function rulesOf(role: Role, limits: ReaderLimits, mayCompress: boolean): ReaderRules {
  let all = rulesByLimits.get(limits);
  if (all === undefined) {
    all = [false, true].flatMap((masked) =>
      [false, true].map((compress) => ({ limits, masked, mayCompress: compress })),
    );
    rulesByLimits.set(limits, all);
  }
  return all[(role === "server" ? 2 : 0) + (mayCompress ? 1 : 0)] as ReaderRules;
}
