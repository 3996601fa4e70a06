/** Differences that are wanted: those with the same lines for the same reason are one row. */
import type { Difference, Group, Script } from "./step.ts";

/** Of scripts of one group. A title without its transport, or without its revision as well, stands for all that have it. */
export interface Row extends Difference {
  readonly group: string;
  readonly titles: readonly string[];
}

const TRANSPORT = /, (websocket|polling)$/;
const REVISION = /, revision [45]$/;

/** A title, and what may stand for it. */
function namesOf(title: string): readonly string[] {
  const withoutTransport = title.replace(TRANSPORT, "");
  return [title, withoutTransport, withoutTransport.replace(REVISION, "")];
}

/** Puts to each script the difference that is wanted of it. */
export function withWanted(group: Group, rows: readonly Row[]): Group {
  const wanted = new Map<string, Row>();
  for (const row of rows.filter((one) => one.group === group.title))
    for (const title of row.titles) {
      if (wanted.has(title)) throw new Error(`Two rows for "${title}" in "${group.title}"`);
      wanted.set(title, row);
    }
  const unused = new Set(wanted.keys());
  const scripts = group.scripts.map((script: Script): Script => {
    const name = namesOf(script.title).find((one) => wanted.has(one));
    if (name === undefined) return script;
    unused.delete(name);
    const { because, reference, ours } = wanted.get(name) as Row;
    return { ...script, differs: { because, reference, ours } };
  });
  if (unused.size > 0) throw new Error(`No script in "${group.title}" for: ${[...unused].join("; ")}`);
  return { ...group, scripts };
}
