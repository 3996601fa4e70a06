/** One option: what it is when absent, what it may be, and the sentence that the README prints for it. */
export interface OptionRule<V> {
  readonly default: V;
  readonly doc: string;
  /** Says what is wrong with `value` ("must be …"), or gives `undefined`. */
  check(value: unknown): string | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds rules of every value type, and `unknown` would not be assignable from them.
export type OptionTable = Readonly<Record<string, OptionRule<any>>>;

/** The resolved options of a table: every key present, every value checked. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends OptionRule<infer V> ? V : never;
};

/** What a user may pass for a table. `undefined` stands for the default. */
export type OptionInput<T extends OptionTable> = {
  -readonly [K in keyof T]?: OptionValues<T>[K] | undefined;
};

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** A rule from its parts, for the cases the helpers below do not cover. */
export const rule = <V>(
  fallback: V,
  doc: string,
  expected: string,
  accepts: (value: unknown) => boolean,
): OptionRule<V> => ({
  default: fallback,
  doc,
  check: (value) => (accepts(value) ? undefined : `must be ${expected}`),
});

export const milliseconds = (fallback: number, doc: string): OptionRule<number> =>
  rule(
    fallback,
    doc,
    "a positive number of milliseconds below 2^31",
    (v) => isNumber(v) && v > 0 && v < 2 ** 31,
  );

/** A whole number from `least` upward. Sizes, counts and limits: there is no value that means "no limit". */
export const wholeNumber = (fallback: number, doc: string, least = 1): OptionRule<number> =>
  rule(
    fallback,
    doc,
    `a whole number, at least ${least}`,
    (v) => Number.isSafeInteger(v) && (v as number) >= least,
  );

export const flag = (fallback: boolean, doc: string): OptionRule<boolean> =>
  rule(fallback, doc, "true or false", (v) => typeof v === "boolean");

export const text = (fallback: string, doc: string): OptionRule<string> =>
  rule(fallback, doc, "a string", (v) => typeof v === "string");

export const subsetOf = <const V extends string>(
  all: readonly V[],
  fallback: readonly V[],
  doc: string,
): OptionRule<readonly V[]> =>
  rule(
    fallback,
    doc,
    `a non-empty list of ${all.join(", ")}`,
    (v) => Array.isArray(v) && v.length > 0 && v.every((x) => (all as readonly unknown[]).includes(x)),
  );

/** A value that may be absent: `undefined` is its default. */
export const optional = <V>(doc: string, expected: string, accepts: (value: unknown) => boolean) =>
  rule<V | undefined>(undefined, doc, expected, (v) => v === undefined || accepts(v));

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/**
 * Fills in defaults and checks every value. Keys the table does not name are left alone, since one bag of options
 * often serves several layers. Never touches `input`.
 *
 * @throws {TypeError} naming every fault at once.
 */
export function resolveOptions<const T extends OptionTable>(
  table: T,
  input: OptionInput<T> | undefined = {},
): OptionValues<T> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, { default: fallback, check }] of Object.entries(table)) {
    const given = (input as Readonly<Record<string, unknown>>)[key];
    const value = given === undefined ? fallback : given;
    const fault = check(value);
    if (fault !== undefined) faults.push(`${key} ${fault}, got ${describe(value)}`);
    values[key] = value;
  }
  if (faults.length > 0) throw new TypeError(`Invalid options: ${faults.join("; ")}`);
  return values as OptionValues<T>;
}
