import { parseArgs } from "node:util";
import { type OptionValues, optional, resolveOptions, rule, subsetOf, wholeNumber } from "@towline/core";
import { PEERS } from "./peers/index.ts";
import { SUITES } from "./suites/index.ts";

const PEER_NAMES = PEERS.map(({ name }) => name);
const SUITE_NAMES = SUITES.map(({ name }) => name);
const SCENARIO_NAMES = SUITES.flatMap(({ scenarios }) => scenarios.map(({ name }) => name));
const MAX_CONNECTIONS = 10_000;

const seconds = (fallback: number, doc: string) =>
  rule(
    fallback,
    doc,
    "a number of seconds from 0.1 to 3600",
    (v) => typeof v === "number" && v >= 0.1 && v <= 3600,
  );

/** What follows the name of an option on the command line, beside the rule for it. */
const FLAGS = {
  peers: {
    takes: "a,b",
    rule: subsetOf(PEER_NAMES, PEER_NAMES, "Servers to measure, instead of all of the suite."),
  },
  rounds: {
    takes: "n",
    rule: wholeNumber(5, "Rounds; each one measures every server once, freshly started."),
  },
  duration: { takes: "s", rule: seconds(1.4, "Seconds that a server is measured for in each round.") },
  warmup: { takes: "s", rule: seconds(0.7, "Seconds of load before that.") },
  connections: {
    takes: "n",
    rule: optional<number>(
      "Connections, instead of the scenario's own number.",
      `a whole number from 1 to ${MAX_CONNECTIONS}`,
      (v) => Number.isSafeInteger(v) && (v as number) >= 1 && (v as number) <= MAX_CONNECTIONS,
    ),
  },
  json: {
    takes: "FILE",
    rule: optional<string>(
      "Writes all figures to this file.",
      "a path",
      (v) => typeof v === "string" && v !== "",
    ),
  },
} as const;

type FlagName = keyof typeof FLAGS;
const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];

const OPTIONS = {
  scenarios: subsetOf([...SUITE_NAMES, ...SCENARIO_NAMES], SUITE_NAMES, "Suites and scenarios to run."),
  peers: FLAGS.peers.rule,
  rounds: FLAGS.rounds.rule,
  duration: FLAGS.duration.rule,
  warmup: FLAGS.warmup.rule,
  connections: FLAGS.connections.rule,
  json: FLAGS.json.rule,
};

export type BenchOptions = OptionValues<typeof OPTIONS>;

const isNumeral = (text: string): boolean => /^\d+(\.\d+)?$/.test(text);

/** From the words of the command line to what the rules check. What is no number stays a word and is refused there. */
function toValue(name: FlagName, word: string): unknown {
  if (name === "peers") return word.split(",");
  return name !== "json" && isNumeral(word) ? Number(word) : word;
}

/**
 * Reads the command line.
 *
 * @returns "help" when help is asked for.
 * @throws {TypeError} with one line that names what there is, for anything unknown or out of range.
 */
export function readArguments(words: readonly string[]): BenchOptions | "help" {
  const types = FLAG_NAMES.map((name) => [name, { type: "string" }] as const);
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { ...Object.fromEntries(types), help: { type: "boolean", short: "h" } },
    allowPositionals: true,
    // Its own errors are a paragraph each.
    strict: false,
  });
  if (values.help === true) return "help";

  const input: Record<string, unknown> = positionals.length > 0 ? { scenarios: positionals } : {};
  for (const [given, word] of Object.entries(values)) {
    const name = FLAG_NAMES.find((flag) => flag === given);
    if (name === undefined)
      throw new TypeError(
        `Unknown option --${given}; there are ${FLAG_NAMES.map((n) => `--${n}`).join(", ")} and --help`,
      );
    if (typeof word !== "string")
      throw new TypeError(`--${name} needs a value: --${name} ${FLAGS[name].takes}`);
    input[name] = toValue(name, word);
  }
  return resolveOptions(OPTIONS, input);
}

/** What `--help` prints. */
export function helpText(): string {
  const flags = FLAG_NAMES.map((name) => {
    const { takes, rule: option } = FLAGS[name];
    const fallback = typeof option.default === "number" ? ` Default: ${option.default}.` : "";
    return `  ${`--${name} ${takes}`.padEnd(18)}  ${option.doc}${fallback}`;
  });
  const suites = SUITES.flatMap(({ name, summary, peers, scenarios }) => [
    `${name}: ${summary}; against ${peers.map((peer) => peer.name).join(", ")}`,
    ...scenarios.map((scenario) => `  ${scenario.name.padEnd(18)}  ${scenario.summary}`),
    "",
  ]);
  return [
    "Usage: npm run bench -- [suite or scenario …] [options]",
    "",
    "Measures what a message or a connection costs a server, side by side with others.",
    "Runs all suites, if nothing is named:",
    "",
    ...suites,
    "Options:",
    ...flags,
    `  ${"--help".padEnd(18)}  Prints this.`,
  ].join("\n");
}
