import { isObject } from "./binary.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a replacer is given and gives is the application's, as with JSON.stringify.
export type Replacer = (this: any, key: string, value: any) => any;

/** From this many characters on, text is worth a look before it is written. */
const LONG_TEXT = 1024;
/** What JSON escapes in a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are among it.
const ESCAPED = /["\\\x00-\x1f\ud800-\udfff]/;

/** The payload of a packet. Nothing, and what JSON has no word for, as a function, is written as nothing. */
export function toJson(data: unknown, replacer: Replacer | undefined): string {
  if (data === undefined || data === null) return "";
  if (replacer === undefined && hasLongText(data)) return `[${data.map(itemToJson).join()}]`;
  return JSON.stringify(data, replacer) ?? "";
}

/** Whether it is a list with a long text, and without an object: its `toJSON` would want to know where it stands. */
function hasLongText(data: unknown): data is unknown[] {
  if (!Array.isArray(data)) return false;
  let isLong = false;
  for (let index = 0; index < data.length; index++) {
    const item: unknown = data[index];
    if (isObject(item)) return false;
    if (typeof item === "string" && item.length >= LONG_TEXT) isLong = true;
  }
  return isLong;
}

/** `JSON.stringify` copies a text character by character. That nothing in it needs escaping is found out faster. */
const itemToJson = (item: unknown): string =>
  typeof item === "string" && item.length >= LONG_TEXT && !ESCAPED.test(item)
    ? `"${item}"`
    : (JSON.stringify(item) ?? "null");
