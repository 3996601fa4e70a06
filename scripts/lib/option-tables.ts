import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { OptionTable } from "@towline/core";
import { type BlockContents, type Comparison, listBlocks, updateBlocks } from "./generated-blocks.ts";

/** `FILE#TABLE`, and perhaps which of its options. */
const MARKER = /^([^\s#]+)#(\w+)(?: (only|without)((?: \w+)+))?$/;

/**
 * Puts the options of a table between `<!-- options:FILE#TABLE -->` and `<!-- /options -->`: a row for each, or, behind
 * `only a b` and `without a b`, for some. FILE is a source below `root`. Needs the export condition `towline-source`.
 */
export async function updateOptionTables(text: string, root: string): Promise<Comparison> {
  const written = new Map<string, BlockContents>();
  for (const marker of listBlocks(text, "options")) written.set(marker, await readMarker(marker, root));
  return updateBlocks(text, "options", (marker) => written.get(marker) ?? UNREADABLE);
}

const UNREADABLE: BlockContents = {
  fault: 'must be "FILE#TABLE", "FILE#TABLE only a b" or "FILE#TABLE without a b"; correct the marker',
};

async function readMarker(marker: string, root: string): Promise<BlockContents> {
  const [, file, name, mode, list = ""] = MARKER.exec(marker) ?? [];
  if (file === undefined || name === undefined) return UNREADABLE;
  const path = join(root, file);
  if (!existsSync(path)) return { fault: "there is no such file; correct the marker or take the block out" };
  const exported = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  const table = exported[name];
  if (!isOptionTable(table))
    return { fault: "the file exports no such table of options; correct the marker or take the block out" };

  const named = new Set(list.trim().split(" "));
  const unknown = [...named].filter((key) => key !== "" && !Object.hasOwn(table, key));
  if (unknown.length > 0)
    return { fault: `the table has no option ${unknown.join(", ")}; correct the marker` };
  const chosen = Object.entries(table).filter(([key]) => named.has(key) === (mode === "only"));
  return { text: formatTable(Object.fromEntries(chosen)) };
}

/** The table in Markdown. Its columns are not aligned, so that one new sentence does not change every row. */
export function formatTable(table: OptionTable): string {
  const rows = Object.entries(table).map(([key, { default: fallback, doc }]) => [
    `\`${key}\``,
    formatDefault(fallback),
    doc,
  ]);
  return [["option", "default", ""], ["---", "---", "---"], ...rows].map(formatRow).join("\n");
}

const formatRow = (cells: readonly string[]): string =>
  `|${cells.map((cell) => (cell === "" ? " " : ` ${cell.replaceAll("|", "\\|")} `)).join("|")}|`;

/** A function, an empty list and an empty object say nothing to a reader: the sentence has to. */
function formatDefault(value: unknown): string {
  if (value === undefined || typeof value === "function") return "";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(formatDefault).join(", ");
  if (typeof value === "string") return `\`${value === "" ? '""' : value}\``;
  if (typeof value !== "object" || value === null) return `\`${value}\``;
  return Object.keys(value).length === 0 ? "" : `\`${JSON.stringify(value)}\``;
}

function isOptionTable(value: unknown): value is OptionTable {
  if (typeof value !== "object" || value === null) return false;
  const rules: unknown[] = Object.values(value);
  return rules.length > 0 && rules.every(isOptionRule);
}

const isOptionRule = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "default" in value && "doc" in value && "check" in value;
