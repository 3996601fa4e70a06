import { type BinaryData, isBinary, isObject } from "./binary.ts";
import { MAX_SENT_DEPTH } from "./packet.ts";

type Fields = Record<string, unknown>;
type ToJson = (key: string) => unknown;

/**
 * Takes the bytes out of `value`. It is the only walk over the data of a packet before that is written as JSON.
 *
 * @param key where `value` stands in what holds it.
 * @param taken gets the bytes, in the order of their placeholders.
 * @returns `value` itself when it holds none, else a copy with placeholders: the caller's data is never changed.
 * @throws {TypeError} when `value` is nested deeper than `MAX_SENT_DEPTH` levels, as one that holds itself is.
 */
export function takeBinary(value: object, key: string | number, taken: BinaryData[], depth = 0): unknown {
  if (Array.isArray(value)) return takeFromList(value, taken, depth);
  // Most of what is sent is plain objects. They are told by their prototype.
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain && isBinary(value)) return placeholderFor(value, taken);
  if (!isPlain && value instanceof Date) return value;
  // Asked before any member is looked at: found among the last, it would have them all be walked twice, on every level.
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return takeFromJson(value, toJSON as ToJson, key, taken, depth);
  return takeFromFields(value as Fields, isPlain, taken, depth);
}

const placeholderFor = (value: BinaryData, taken: BinaryData[]): object => ({
  _placeholder: true,
  num: taken.push(value) - 1,
});

function takeFromList(list: readonly unknown[], taken: BinaryData[], depth: number): unknown {
  checkDepth(depth);
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (!isObject(item)) continue;
    const left = takeBinary(item, index, taken, depth + 1);
    if (left !== item) (copy ??= list.slice())[index] = left;
  }
  return copy ?? list;
}

function takeFromFields(fields: Fields, isPlain: boolean, taken: BinaryData[], depth: number): unknown {
  checkDepth(depth);
  let copy: Fields | undefined;
  // `Object.keys` would make a list, which takes longer than all the rest of this.
  for (const name in fields) {
    const item = fields[name];
    if (!isObject(item) || (!isPlain && !Object.hasOwn(fields, name))) continue;
    const left = takeBinary(item, name, taken, depth + 1);
    // A key named __proto__ is one of the copy's own by now, and no way to its prototype.
    if (left !== item) (copy ??= { ...fields })[name] = left;
  }
  return copy ?? fields;
}

/** What `toJSON` gives is not asked for its own `toJSON`, neither here nor by `JSON.stringify`. */
function takeFromJson(
  value: object,
  toJSON: ToJson,
  key: string | number,
  taken: BinaryData[],
  depth: number,
): unknown {
  const json = toJSON.call(value, String(key));
  if (!isObject(json)) return value;
  if (isBinary(json)) return placeholderFor(json, taken);
  const before = taken.length;
  const left = Array.isArray(json)
    ? takeFromList(json, taken, depth)
    : takeFromFields(json as Fields, false, taken, depth);
  // Without bytes inside, the original stays: `JSON.stringify` asks it again.
  if (taken.length === before) return value;
  (left as { toJSON?: unknown }).toJSON = undefined;
  return left;
}

function checkDepth(depth: number): void {
  if (depth >= MAX_SENT_DEPTH)
    throw new TypeError(
      `Cannot send data nested deeper than ${MAX_SENT_DEPTH} levels: does it refer to itself?`,
    );
}
