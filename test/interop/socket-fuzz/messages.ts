/** Messages of which some mean something: drawn, mutated, or noise. */
import type { Random } from "../../simulation/random.ts";
import { FIELDS, KINDS, textOf, VALUES } from "../socket-differential/grammar.ts";

export type Message = string | Buffer;

/** Words that an application of Socket.IO's takes to heart. */
const SENSIBLE = [
  "40",
  '40{"token":"x"}',
  '40{"pid":"{pid}","offset":"{offset}"}',
  '40{"pid":"{pid}"}',
  "40/known,",
  "40/guarded,",
  "40/late,",
  "40/child-1,",
  "40/child-2,",
  "40/known?a=1,",
  "41",
  "41/known,",
  '42["echo",1]',
  '421["echo",{"a":[1,2]}]',
  '42["shout","x"]',
  '42["enter","room"]',
  '42["leave","room"]',
  '42["tell","room"]',
  '42["ask"]',
  '42["fail"]',
  '423["fail"]',
  '42["fail later"]',
  '42["go"]',
  '42["go away"]',
  '42/known,1["echo"]',
  '42/child-1,["shout"]',
  '430["answer"]',
  '431["answer"]',
  '43/known,0["answer"]',
  '451-["echo",{"_placeholder":true,"num":0}]',
  '452-7["echo",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]',
  '461-0[{"_placeholder":true,"num":0}]',
  // Of Engine.IO.
  "1",
  "2",
  "2probe",
  "3",
  "3probe",
  "5",
  "6",
  "0{}",
  "",
];

const LONGEST_NOISE = 60;

export function drawMessage(random: Random): Message {
  const kind = random.next();
  if (kind < 0.45) return random.pick(SENSIBLE);
  if (kind < 0.7) return `4${drawPacket(random)}`;
  if (kind < 0.8) return mutated(random, random.pick(SENSIBLE));
  if (kind < 0.93) return drawBytes(random);
  return drawText(random);
}

/** A packet by the grammar, some fields of which are wrong. */
function drawPacket(random: Random): string {
  let fields = random.pick(KINDS);
  while (random.chance(0.6)) {
    const field = random.pick(FIELDS);
    fields = { ...fields, [field]: random.pick(VALUES[field]) };
  }
  return textOf(fields);
}

/** Characters left out, put in, doubled or replaced. */
function mutated(random: Random, text: string): string {
  const at = random.between(0, text.length);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (random.between(0, 3)) {
    case 0:
      return before + after.slice(1);
    case 1:
      return before + drawText(random) + after;
    case 2:
      return before + after.repeat(random.between(2, 5));
    default:
      return before;
  }
}

const drawBytes = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: random.between(0, LONGEST_NOISE) }, () => random.between(0, 255)));

const drawText = (random: Random): string =>
  String.fromCharCode(
    ...Array.from({ length: random.between(0, LONGEST_NOISE) }, () =>
      random.chance(0.9) ? random.between(32, 126) : random.between(0, 0xffff),
    ),
  );
