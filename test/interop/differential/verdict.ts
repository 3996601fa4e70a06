/** Whether the two sides behave as a script has it. */
import { type Unshared, unshared } from "./compare.ts";
import type { Group, Script } from "./step.ts";

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

export function judge({ reference, ours }: Transcripts, { differs }: Script, { everywhere }: Group): Verdict {
  const actual = unshared(reference, everywhere === undefined ? ours : ours.map(translated(everywhere)));
  const expected = { reference: differs?.reference ?? [], ours: differs?.ours ?? [] };
  const inVain = reference.filter((line) => IN_VAIN.test(line) && !expected.reference.includes(line));
  return { actual, expected, inVain };
}

/** Puts the reference's words for ours. Where ours should have said its own and did not, that shows. */
const translated =
  ({ reference, ours }: { readonly reference: string; readonly ours: string }) =>
  (line: string): string => {
    if (line.endsWith(`: ${reference}`)) return `${line} (not ${ours})`;
    return line.endsWith(`: ${ours}`) ? line.slice(0, -ours.length) + reference : line;
  };
