import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { MachineTable } from "@towline/core";
import { listFiles, listPackages } from "./workspace.ts";

/** A state table's file, from the repository's root, and the diagram of the table in it. */
export interface Diagram {
  readonly source: string;
  readonly mermaid: string;
}

/** Draws the table in every file of a package that is named `…-states.ts`. Needs the export condition `towline-source`. */
export async function drawDiagrams(root: string): Promise<readonly Diagram[]> {
  const paths = listPackages(root)
    .flatMap(({ path }) => listFiles(join(path, "src")))
    .filter((path) => path.endsWith("-states.ts"));
  return Promise.all(
    paths.map(async (path) => ({
      source: relative(root, path).split(sep).join("/"),
      mermaid: await drawTable(path),
    })),
  );
}

async function drawTable(path: string): Promise<string> {
  const { toMermaid } = await import("@towline/core");
  const exported = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  const tables = Object.values(exported).filter(isMachineTable);
  const [table] = tables;
  if (table === undefined || tables.length > 1)
    throw new Error(`${path} must export exactly one machine table, and exports ${tables.length}`);
  return toMermaid(table);
}

const isMachineTable = (value: unknown): value is MachineTable =>
  typeof value === "object" && value !== null && "initial" in value && "transitions" in value;

const BLOCK = /<!-- diagram:(\S+) -->\n[\s\S]*?<!-- \/diagram -->/g;

const block = ({ source, mermaid }: Diagram): string =>
  `<!-- diagram:${source} -->\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n<!-- /diagram -->`;

export interface Comparison {
  /** The document with every diagram as its table has it. */
  readonly text: string;
  /** A line for each diagram that was stale, is missing or has lost its table. */
  readonly faults: readonly string[];
}

/** Puts each diagram between its markers `<!-- diagram:FILE -->` and `<!-- /diagram -->`. */
export function updateDocument(text: string, diagrams: readonly Diagram[]): Comparison {
  const faults: string[] = [];
  const missing = new Map(diagrams.map((diagram) => [diagram.source, diagram]));
  const bySource = new Map(missing);
  const updated = text.replace(BLOCK, (old, source: string) => {
    const diagram = bySource.get(source);
    if (diagram === undefined) {
      faults.push(`${source}: the document has a diagram of it, but there is no such table; take it out`);
      return old;
    }
    missing.delete(source);
    const fresh = block(diagram);
    if (fresh !== old) faults.push(`${source}: its diagram is stale`);
    return fresh;
  });
  for (const source of missing.keys())
    faults.push(`${source}: has no diagram; add the lines <!-- diagram:${source} --> and <!-- /diagram -->`);
  return { text: updated, faults };
}
