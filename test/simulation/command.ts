import { parseArgs } from "node:util";
import { BROKEN_CLIENTS } from "./broken-client.ts";
import { BROKEN_SERVERS } from "./broken-server.ts";
import { Coverage } from "./coverage.ts";
import { type Parts, SOUND_PARTS } from "./parts.ts";
import { explain, simulate } from "./simulate.ts";

const BROKEN = [...BROKEN_CLIENTS, ...BROKEN_SERVERS];
const MOST_SHOWN = 20;

const HELP = `
Simulates Engine.IO sessions, both ends and the network between them, and checks that an upgrade loses nothing.

  SEED=7 npm run simulate                                 draws the run of one seed as a sequence diagram
  npm run simulate -- --from 1 --count 100000             checks the runs of many
  npm run simulate -- --count 2000 --broken "post alone"  checks them with a part that is broken

Options
  --seed N        the seed to draw; the environment variable SEED does the same
  --from N        the first seed to check. Defaults to 1
  --count N       how many seeds to check. Defaults to 20000
  --broken WORDS  puts a broken part in the place of the sound one: the first that has these words in its name

Broken parts
${BROKEN.map(([name]) => `  ${name}`).join("\n")}

The exit code is 1 when a property does not hold; the first run that shows it is drawn.
`;

/** A fault that its message explains in full. */
class UsageError extends Error {}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}; see --help`);
  process.exitCode = 1;
}

function main(args: string[]): number {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP.trim());
    return 0;
  }
  const { seed, from, count, broken } = readOptions(args);
  const parts = findParts(broken);
  const isRange = from !== undefined || count !== undefined;
  const single = seed ?? (isRange ? undefined : process.env.SEED);
  if (single !== undefined) return drawSeed(toNumber("seed", single), parts);
  return checkRange(toNumber("from", from ?? "1"), toNumber("count", count ?? "20000"), parts);
}

function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args, options: { seed: text, from: text, count: text, broken: text } }).values;
  } catch (error) {
    const [firstSentence] = String((error as Error).message).split(". ");
    throw new UsageError(firstSentence, { cause: error });
  }
}

function findParts(words: string | undefined): Parts {
  if (words === undefined) return SOUND_PARTS;
  const found = BROKEN.find(([name]) => name.includes(words));
  if (found === undefined) throw new UsageError(`No broken part is named "${words}"`);
  return found[1];
}

function toNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} must be a whole number, got "${text}"`);
  return Number(text);
}

function drawSeed(seed: number, parts: Parts): number {
  console.log(explain(seed, parts));
  return simulate(seed, { parts }).violation === undefined ? 0 : 1;
}

function checkRange(from: number, count: number, parts: Parts): number {
  const coverage = new Coverage();
  const startedMs = performance.now();
  const failing: number[] = [];
  for (let seed = from; seed < from + count; seed++)
    if (simulate(seed, { parts, coverage }).violation !== undefined) failing.push(seed);
  const [first] = failing;
  if (first !== undefined) console.log(`${explain(first, parts)}\n`);
  console.log(`${coverage}\n`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const more = failing.length > MOST_SHOWN ? " …" : "";
  const seeds = first === undefined ? "" : `: seeds ${failing.slice(0, MOST_SHOWN).join(" ")}${more}`;
  console.log(`${count} runs in ${seconds} s, ${failing.length} violations${seeds}`);
  return failing.length === 0 ? 0 : 1;
}
