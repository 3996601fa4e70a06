import { type Extension, formatExtension } from "./extension-list.ts";

const NAME = "permessage-deflate";

/** RFC 7692 §7.1: what an offer or answer says, by the names on the wire and in the order they are written. */
export interface DeflateParams {
  readonly server_no_context_takeover: boolean;
  readonly client_no_context_takeover: boolean;
  /** 8 to 15. */
  readonly server_max_window_bits: number | undefined;
  /** 8 to 15; `true` in an offer of a client that names none, but can be told. */
  readonly client_max_window_bits: number | true | undefined;
}

export const isDeflate = ({ name }: Extension): boolean => name === NAME;

/** @returns `undefined` when a parameter is unknown, repeated or of an invalid value. */
export function readDeflateParams({ params }: Extension): DeflateParams | undefined {
  const given = new Map(params);
  if (given.size !== params.length) return undefined;
  for (const [name, value] of given) if (VALUES.get(name)?.has(value) !== true) return undefined;
  return {
    server_no_context_takeover: given.has("server_no_context_takeover"),
    client_no_context_takeover: given.has("client_no_context_takeover"),
    server_max_window_bits: bitsOf(given.get("server_max_window_bits")),
    client_max_window_bits:
      given.get("client_max_window_bits") === true ? true : bitsOf(given.get("client_max_window_bits")),
  };
}

export function formatDeflateParams(values: DeflateParams): string {
  const params = Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => [name, value === true ? true : String(value)] as const);
  return formatExtension({ name: NAME, params });
}

const FLAG = new Set<string | true>([true]);
// RFC 7692 §7.1.2: decimal, no leading zeros.
const WINDOW_BITS = new Set<string | true>(["8", "9", "10", "11", "12", "13", "14", "15"]);

const VALUES: ReadonlyMap<string, ReadonlySet<string | true>> = new Map([
  ["server_no_context_takeover", FLAG],
  ["client_no_context_takeover", FLAG],
  ["server_max_window_bits", WINDOW_BITS],
  ["client_max_window_bits", new Set([...WINDOW_BITS, true as const])],
]);

const bitsOf = (value: string | true | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);
