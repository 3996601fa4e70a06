/** Whether the two sides behave as a script has it. */
import { type Unshared, unshared } from "../differential/compare.ts";
import { inOurWords } from "./parse-errors.ts";
import type { Script } from "./step.ts";

export interface Transcripts {
  readonly reference: readonly string[];
  readonly ours: readonly string[];
}

export interface Verdict {
  readonly actual: Unshared;
  readonly expected: Unshared;
  /** What the reference was waited for in vain, unless that is the difference: such a script asks for nothing. */
  readonly inVain: readonly string[];
}

const IN_VAIN = /: \(no .+ came\)$/;

export function judge({ reference, ours }: Transcripts, { differs }: Script): Verdict {
  const actual = unshared(inOurWords(reference), ours);
  const expected = { reference: differs?.reference ?? [], ours: differs?.ours ?? [] };
  const inVain = reference.filter((line) => IN_VAIN.test(line) && !expected.reference.includes(line));
  return { actual, expected, inVain };
}
