/** Packets of each kind in which one field is replaced by all that it may be mistaken for, and some in which two are. */
import { Random } from "../../../simulation/random.ts";
import { FIELDS, type Field, type Fields, KINDS, textOf, VALUES } from "../grammar.ts";
import type { Group, Revision, Script, Way } from "../step.ts";
import { bytes, echo, join, overWebSocket, say, script } from "../steps.ts";

/** Kinds with one of the fields replaced. */
const replaced = (kinds: readonly Fields[], fields: readonly Field[]): readonly string[] =>
  kinds.flatMap((kind) =>
    fields.flatMap((field) => VALUES[field].map((value) => textOf({ ...kind, [field]: value }))),
  );

const SEED = 4;
const DRAWN = 200;

/** Packets of which two fields are any of those that they may be. */
function draw(): readonly string[] {
  const random = new Random(SEED);
  return Array.from({ length: DRAWN }, () => {
    const [kind, one, other] = [random.pick(KINDS), random.pick(FIELDS), random.pick(FIELDS)];
    return textOf({ ...kind, [one]: random.pick(VALUES[one]), [other]: random.pick(VALUES[other]) });
  });
}

const GENERATED: Readonly<Record<Revision, ReadonlySet<string>>> = {
  5: new Set([...replaced(KINDS, FIELDS), ...draw()]),
  // Of which only namespaces are read otherwise.
  4: new Set([...replaced(KINDS, ["type", "namespace"]), ...replaced(KINDS.slice(0, 3), ["id", "payload"])]),
};

const titleOf = (text: string): string => {
  const quoted = JSON.stringify(text).replaceAll("\ufeff", "\\ufeff");
  return quoted.length > 70 ? `${quoted.slice(0, 60)}… of ${text.length}` : quoted;
};

/** The packet, and its attachment if it is one that may have any. */
const generated = (way: Way): readonly Script[] =>
  [...GENERATED[way.revision]].map((text) => {
    const attachments = /^[56]/.test(text) ? [bytes(1, 2, 3)] : [];
    return script(titleOf(text), join(way), say("0/known,"), say(text, ...attachments), echo());
  });

export const GRAMMAR: readonly Group[] = [
  { title: "packets by the grammar", scripts: overWebSocket(generated) },
];
