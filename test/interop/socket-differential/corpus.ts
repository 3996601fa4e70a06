/** All groups of scripts, with the differences that are wanted put to their scripts. */
import { BINARY } from "./scripts/binary.ts";
import { BROADCASTS } from "./scripts/broadcasts.ts";
import { CONNECTIONS } from "./scripts/connections.ts";
import { DYNAMIC_NAMESPACES } from "./scripts/dynamic-namespaces.ts";
import { ENDS } from "./scripts/ends.ts";
import { EVENTS } from "./scripts/events.ts";
import { GRAMMAR } from "./scripts/grammar.ts";
import { MAIN_NAMESPACE } from "./scripts/main-namespace.ts";
import { RECOVERIES } from "./scripts/recoveries.ts";
import { SOCKET_MIDDLEWARES } from "./scripts/socket-middlewares.ts";
import { STORIES_OF_TWO } from "./scripts/stories.ts";
import type { Group } from "./step.ts";
import { CONNECTIONS as WANTED_OF_CONNECTIONS } from "./wanted/connections.ts";
import { GRAMMAR as WANTED_OF_GRAMMAR } from "./wanted/grammar.ts";
import { OTHERS as WANTED_OF_OTHERS } from "./wanted/others.ts";
import { type Row, withWanted } from "./wanted.ts";

const GROUPS: readonly Group[] = [
  ...CONNECTIONS,
  ...MAIN_NAMESPACE,
  ...DYNAMIC_NAMESPACES,
  ...EVENTS,
  ...BROADCASTS,
  ...ENDS,
  ...SOCKET_MIDDLEWARES,
  ...RECOVERIES,
  ...STORIES_OF_TWO,
  ...BINARY,
  ...GRAMMAR,
];

const WANTED: readonly Row[] = [...WANTED_OF_CONNECTIONS, ...WANTED_OF_GRAMMAR, ...WANTED_OF_OTHERS];

function checkTitles(): void {
  const titles = GROUPS.flatMap(({ title, scripts }) => [
    title,
    ...scripts.map((row) => `${title}: ${row.title}`),
  ]);
  const seen = new Set<string>();
  const twice = titles.filter((title) => seen.has(title) || !seen.add(title));
  const unknown = WANTED.filter(({ group }) => !GROUPS.some(({ title }) => title === group));
  if (twice.length > 0) throw new Error(`Titles that come twice: ${twice.join("; ")}`);
  if (unknown.length > 0) throw new Error(`No group: ${unknown.map(({ group }) => group).join("; ")}`);
}

checkTitles();

export const CORPUS: readonly Group[] = GROUPS.map((group) => withWanted(group, WANTED));
