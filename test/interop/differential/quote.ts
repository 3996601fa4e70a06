/** How values look in a transcript. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

const LONGEST = 300;

/** Text as JSON writes it, bytes as hex; of what is long the length and a digest. */
export function quote(value: string | Uint8Array): string {
  if (typeof value === "string") return shorten(JSON.stringify(value));
  const isText = isUtf8(value) && !value.some((byte) => byte < 0x20 && byte !== 0x1e && byte !== 0x0a);
  return isText ? quote(Buffer.from(value).toString()) : shorten(hexOf(value));
}

/** What a listener or the application was given. */
export function describe(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (value instanceof Uint8Array) return `${value.constructor.name}(${shorten(hexOf(value))})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${shorten(hexOf(new Uint8Array(value)))})`;
  if (value instanceof Error) return `Error(${[value.message, ...extrasOf(value)].map(quote).join(", ")})`;
  return value === undefined ? "undefined" : shorten(JSON.stringify(value));
}

/** What the reference's errors of transports have beside the message. */
function extrasOf(error: Error & { type?: unknown; description?: unknown }): string[] {
  const description = error.description instanceof Error ? error.description.message : error.description;
  // Of a stack, which some have for a description, the rest is of this machine.
  return [error.type, description]
    .filter((extra) => typeof extra === "string")
    .map((extra) => extra.split("\n")[0] ?? "");
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const shorten = (text: string): string =>
  text.length <= LONGEST
    ? text
    : `${text.length} characters, ${createHash("sha1").update(text).digest("hex").slice(0, 8)}`;
