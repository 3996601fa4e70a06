import type { ZlibOptions } from "node:zlib";
import {
  flag,
  type OptionInput,
  type OptionRule,
  optional,
  resolveOptions,
  wholeNumber,
} from "@towline/core";

const isWindowBits = (value: unknown): boolean => isWholeIn(value, 8, 15);

const windowBits = (doc: string) =>
  optional<number>(doc, "a whole number from 8 to 15", (value) => isWindowBits(value));

/** What permessage-deflate is asked for. The names are those of `ws`. The README's table is this one. */
export const DEFLATE_OPTIONS = {
  serverNoContextTakeover: flag(
    false,
    "The server compresses each message on its own: no memory between messages, one compression for a broadcast. What the peer asks for is done in any case.",
  ),
  clientNoContextTakeover: flag(false, "The same for the client's messages."),
  serverMaxWindowBits: windowBits(
    "The server's window is at most 2 to this power. A client asks for it, a server keeps to it.",
  ),
  clientMaxWindowBits: optional<number | boolean>(
    "The same for the client's window. A server with a number leaves clients uncompressed that cannot be told. `true` or none: a client keeps to what the server asks for; `false`: it does not offer to.",
    "a whole number from 8 to 15, or true or false",
    (value) => typeof value === "boolean" || isWindowBits(value),
  ),
  threshold: wholeNumber(
    1024,
    "Bytes below which a message is sent uncompressed, where no context is taken over. With one, short messages are worth it too.",
    0,
  ),
  concurrencyLimit: wholeNumber(10, "How many calls into zlib may run at a time, all connections together."),
  zlibDeflateOptions: zlibOptions("Options of Node's zlib for what is sent."),
  zlibInflateOptions: zlibOptions("Options of Node's zlib for what is received."),
};

export type PerMessageDeflateOptions = OptionInput<typeof DEFLATE_OPTIONS>;

/** The options, checked and filled in. Frozen. */
export interface DeflateSettings {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15. */
  readonly serverMaxWindowBits: number | undefined;
  /** 8 to 15; `false` for a client that does not offer to be told, else it does. */
  readonly clientMaxWindowBits: number | boolean | undefined;
  readonly threshold: number;
  readonly concurrencyLimit: number;
  readonly zlibDeflateOptions: Readonly<ZlibOptions>;
  readonly zlibInflateOptions: Readonly<ZlibOptions>;
}

/** The rule for an option that turns compression on or off, or says how. */
export const compression = (
  fallback: boolean,
  doc: string,
): OptionRule<boolean | PerMessageDeflateOptions> => ({ default: fallback, doc, check: compressionFault });

function compressionFault(value: unknown): string | undefined {
  if (typeof value === "boolean") return undefined;
  if (!isObject(value)) return "must be true, false or an object of options";
  const faults = Object.entries(DEFLATE_OPTIONS).flatMap(([name, { check }]) => {
    const fault = value[name] === undefined ? undefined : check(value[name]);
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
  return faults.length === 0 ? undefined : `must be an object whose ${faults.join(" and ")}`;
}

/**
 * Fills in and checks the option `perMessageDeflate`.
 *
 * @returns `undefined` when it is off.
 * @throws {TypeError} naming every fault at once.
 */
export function resolveDeflateOptions(
  input: boolean | PerMessageDeflateOptions | undefined,
): DeflateSettings | undefined {
  if (input === undefined || input === false) return undefined;
  if (input === true) return defaults;
  if (!isObject(input))
    throw new TypeError("Invalid options: perMessageDeflate must be true, false or an object of options");
  return resolveSettings(input);
}

function resolveSettings(input: PerMessageDeflateOptions): DeflateSettings {
  const { zlibDeflateOptions, zlibInflateOptions, ...rest } = resolveOptions(DEFLATE_OPTIONS, input);
  return Object.freeze({
    ...rest,
    zlibDeflateOptions: pickZlibOptions(zlibDeflateOptions),
    zlibInflateOptions: pickZlibOptions(zlibInflateOptions),
  });
}

/** The options of zlib that fit a stream of messages, with what Node takes for each. */
const ZLIB_OPTIONS: ReadonlyMap<keyof ZlibOptions, readonly [expected: string, (value: unknown) => boolean]> =
  new Map([
    ["level", wholeIn(-1, 9)],
    ["memLevel", wholeIn(1, 9)],
    ["strategy", wholeIn(0, 4)],
    ["chunkSize", wholeIn(64, 2 ** 30)],
    ["dictionary", ["bytes", (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer]],
  ]);

function wholeIn(least: number, most: number): readonly [string, (value: unknown) => boolean] {
  return [`a whole number from ${least} to ${most}`, (value) => isWholeIn(value, least, most)];
}

function zlibOptions(doc: string): OptionRule<Readonly<ZlibOptions>> {
  return { default: {}, doc, check: zlibFaults };
}

function zlibFaults(value: unknown): string | undefined {
  if (!isObject(value)) return "must be an object";
  const faults = [...ZLIB_OPTIONS]
    .filter(([name, [, accepts]]) => value[name] !== undefined && !accepts(value[name]))
    .map(([name, [expected]]) => `${name} that is ${expected}`);
  return faults.length === 0 ? undefined : `must have a ${faults.join(" and a ")}`;
}

/**
 * Leaves the other options out: the window is negotiated, and when to flush, what a call returns and how much it may
 * give is the driver's business.
 */
function pickZlibOptions(given: Readonly<ZlibOptions>): Readonly<ZlibOptions> {
  const picked = [...ZLIB_OPTIONS.keys()].filter((name) => given[name] !== undefined);
  return Object.freeze(Object.fromEntries(picked.map((name) => [name, given[name]])));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWholeIn = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

// One object, so that connections with the defaults share their agreements too. Last: it needs all of the above.
const defaults = resolveSettings({});
