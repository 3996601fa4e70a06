/**
 * Polling by script tags, for pages that may not make the request otherwise.
 *
 * @see protocol-docs/engine.io.md#jsonp
 */
import { parse } from "node:querystring";

const NOT_DIGITS = /[^0-9]/g;
/** Line ends in JavaScript, though not in JSON. */
const SCRIPT_LINE_ENDS = /[\u2028\u2029]/g;
/** A client doubles the backslash of a line feed, since forms rewrite line ends. */
const FORM_LINE_FEED = /(\\)?\\n/g;

/** The callback's index, of which only digits are kept: it is written into a script. */
export const callbackIndex = (query: unknown): string => String(query).replace(NOT_DIGITS, "");

/** A script that hands `payload` to the page's callback number `index`. */
export function encodeScript(index: string, payload: string): string {
  const literal = JSON.stringify(payload).replace(SCRIPT_LINE_ENDS, (end) =>
    end === "\u2028" ? "\\u2028" : "\\u2029",
  );
  return `___eio[${index}](${literal});`;
}

/** @returns the payload of a form's field `d`, or `undefined` when there is none. */
export function decodeForm(body: string): string | undefined {
  const { d } = parse(body);
  if (typeof d !== "string") return undefined;
  return d.replace(FORM_LINE_FEED, (match, escaped) => (escaped === undefined ? "\n" : match.slice(1)));
}
