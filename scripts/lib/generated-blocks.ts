/** What a block is to hold, or why nothing can be written there. */
export type BlockContents = { readonly text: string } | { readonly fault: string };

export interface Comparison {
  /** The document with every block as its source has it. */
  readonly text: string;
  /** A line for each block that is stale or missing, or cannot be written. */
  readonly faults: readonly string[];
}

/**
 * A marker, and all up to its end. A block stops at the next marker of its kind, so that one whose end was forgotten
 * does not swallow what follows.
 */
const blockPattern = (kind: string): RegExp =>
  new RegExp(`^<!-- ${kind}:(.+) -->$(?:\\n(?:(?!<!-- ${kind}:)[^])*?(<!-- /${kind} -->))?`, "gm");

/** What the markers `<!-- KIND:NAME -->` of a document name, in its order. */
export const listBlocks = (text: string, kind: string): readonly string[] =>
  [...text.matchAll(blockPattern(kind))].flatMap(([, name]) => (name === undefined ? [] : [name]));

/** Writes what belongs between each `<!-- KIND:NAME -->` and its `<!-- /KIND -->`, and leaves the rest alone. */
export function updateBlocks(
  text: string,
  kind: string,
  contentsOf: (name: string) => BlockContents,
): Comparison {
  const faults: string[] = [];
  const updated = text.replace(blockPattern(kind), (old, name: string, end: string | undefined) => {
    const contents = end === undefined ? noEnd(kind) : contentsOf(name);
    if ("fault" in contents) {
      faults.push(`${name}: ${contents.fault}`);
      return old;
    }
    const fresh = `<!-- ${kind}:${name} -->\n${contents.text}\n<!-- /${kind} -->`;
    if (fresh !== old) faults.push(`${name}: its ${kind} block is stale`);
    return fresh;
  });
  return { text: updated, faults };
}

const noEnd = (kind: string): BlockContents => ({
  fault: `its block has no end; add the line <!-- /${kind} -->`,
});
