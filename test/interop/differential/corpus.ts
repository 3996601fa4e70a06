/** All groups of scripts, with the differences that are wanted put to their scripts. */
import { ADMISSION } from "./scripts/admission.ts";
import { ANSWERS } from "./scripts/answers.ts";
import { BODY_LIMITS } from "./scripts/body-limits.ts";
import { CLOSES } from "./scripts/closes.ts";
import { COMPRESSION } from "./scripts/compression.ts";
import { FLUSHES } from "./scripts/flushes.ts";
import { HANDSHAKES } from "./scripts/handshakes.ts";
import { INITIAL_PACKET } from "./scripts/initial-packet.ts";
import { JSONP } from "./scripts/jsonp.ts";
import { MALFORMED_PAYLOADS } from "./scripts/malformed-payloads.ts";
import { OVERLAPS } from "./scripts/overlaps.ts";
import { PATH_GROUPS } from "./scripts/paths.ts";
import { PAYLOADS } from "./scripts/payloads.ts";
import { POLL_ANSWERS } from "./scripts/poll-answers.ts";
import { SESSION_IDS } from "./scripts/session-ids.ts";
import { UPGRADE_ENDINGS } from "./scripts/upgrade-endings.ts";
import { UPGRADE_STORIES } from "./scripts/upgrade-stories.ts";
import { UPGRADE_WORDS } from "./scripts/upgrade-words.ts";
import { WS_ENDS } from "./scripts/ws-ends.ts";
import { WS_FRAMES } from "./scripts/ws-frames.ts";
import { WS_HANDSHAKES } from "./scripts/ws-handshakes.ts";
import { WS_PACKETS } from "./scripts/ws-packets.ts";
import type { Difference, Group, Script } from "./step.ts";
import { WANTED } from "./wanted.ts";

const GROUPS: readonly Group[] = [
  ...HANDSHAKES,
  ...SESSION_IDS,
  ...PAYLOADS,
  ...MALFORMED_PAYLOADS,
  ...POLL_ANSWERS,
  ...OVERLAPS,
  ...BODY_LIMITS,
  ...JSONP,
  ...WS_PACKETS,
  ...WS_ENDS,
  ...WS_FRAMES,
  ...WS_HANDSHAKES,
  ...UPGRADE_STORIES,
  ...UPGRADE_WORDS,
  ...UPGRADE_ENDINGS,
  ...CLOSES,
  ...ANSWERS,
  ...ADMISSION,
  ...PATH_GROUPS,
  ...INITIAL_PACKET,
  ...FLUSHES,
  ...COMPRESSION,
];

const REVISION = /, revision [34]$/;

/** Puts to each script the difference of its title, or of its title without the revision. */
function withWanted(group: Group): Group {
  const wanted = new Map(Object.entries(WANTED[group.title] ?? {}));
  const unused = new Set(wanted.keys());
  const find = (title: string): Difference | undefined => {
    unused.delete(title);
    return wanted.get(title);
  };
  const scripts = group.scripts.map((row: Script): Script => {
    const difference = find(row.title) ?? find(row.title.replace(REVISION, ""));
    return difference === undefined ? row : { ...row, differs: difference };
  });
  if (unused.size > 0) throw new Error(`No script in "${group.title}" for: ${[...unused].join("; ")}`);
  return { ...group, scripts };
}

function checkTitles(groups: readonly Group[]): void {
  const titles = groups.flatMap(({ title, scripts }) => [
    title,
    ...scripts.map((row) => `${title}: ${row.title}`),
  ]);
  const twice = titles.filter((title, index) => titles.indexOf(title) !== index);
  const unknown = Object.keys(WANTED).filter((title) => !groups.some((group) => group.title === title));
  if (twice.length > 0) throw new Error(`Titles that come twice: ${twice.join("; ")}`);
  if (unknown.length > 0) throw new Error(`No group: ${unknown.join("; ")}`);
}

checkTitles(GROUPS);

export const CORPUS: readonly Group[] = GROUPS.map(withWanted);
