import { isObject } from "./binary.ts";
import { ProtocolError } from "./errors.ts";
import { MAX_DEPTH } from "./packet.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a reviver is given and gives is the application's, as with JSON.parse.
export type Reviver = (this: any, key: string, value: any) => any;

/**
 * Parses the payload of a packet.
 *
 * @throws {ProtocolError} `SIO_BAD_JSON`, `SIO_TOO_DEEP`, `SIO_REVIVER_FAILED`.
 */
export function parseJson(json: string, reviver: Reviver | undefined): unknown {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (cause) {
    throw new ProtocolError("SIO_BAD_JSON", { cause });
  }
  if (mayBeTooDeep(json) && isObject(data) && isTooDeep(data)) throw new ProtocolError("SIO_TOO_DEEP");
  return reviver === undefined ? data : revive(json, reviver);
}

/** A reviver looks at what the peer has sent: if it throws, that was not to its liking. */
function revive(json: string, reviver: Reviver): unknown {
  try {
    return JSON.parse(json, reviver);
  } catch (cause) {
    throw new ProtocolError("SIO_REVIVER_FAILED", { cause });
  }
}

/** Each level takes a bracket on either side. To count the first ones takes less time than a walk over the data. */
const mayBeTooDeep = (json: string): boolean =>
  json.length > 2 * MAX_DEPTH &&
  countUpTo(MAX_DEPTH, json, "{") + countUpTo(MAX_DEPTH, json, "[") > MAX_DEPTH;

function countUpTo(limit: number, text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1 && count <= limit; at = text.indexOf(character, at + 1))
    count++;
  return count;
}

/** Whether `holder`, fresh from `JSON.parse`, is nested too deep. `Object.values` would take six times as long. */
function isTooDeep(holder: object, depth = 0): boolean {
  if (depth >= MAX_DEPTH) return true;
  if (Array.isArray(holder)) {
    for (let index = 0; index < holder.length; index++) {
      const item: unknown = holder[index];
      if (isObject(item) && isTooDeep(item, depth + 1)) return true;
    }
    return false;
  }
  for (const key in holder) {
    const item = (holder as Record<string, unknown>)[key];
    if (isObject(item) && isTooDeep(item, depth + 1)) return true;
  }
  return false;
}
