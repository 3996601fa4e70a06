/** How values look in a transcript. */
import { createHash } from "node:crypto";

const LONGEST = 300;

/** As JSON has it; bytes as hex, functions and errors by what they are; of what is long the length and a digest. */
export function show(value: unknown): string {
  return shorten(write(value));
}

export function shorten(text: string): string {
  if (text.length <= LONGEST) return text;
  const digest = createHash("sha1").update(text).digest("hex").slice(0, 8);
  return `${text.slice(0, 20)}… (${text.length} characters, ${digest})`;
}

function write(value: unknown): string {
  if (typeof value === "function") return "answer()";
  if (value instanceof Error) return `Error(${JSON.stringify(value.message)})`;
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}(${bytes.toString("hex")})`;
  }
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`);
    return `{${fields.join(",")}}`;
  }
  return value === undefined ? "undefined" : JSON.stringify(value);
}
