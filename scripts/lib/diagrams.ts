import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { MachineTable } from "@towline/core";
import { type Comparison, listBlocks, updateBlocks } from "./generated-blocks.ts";
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

/** Puts each diagram between its markers `<!-- diagram:FILE -->` and `<!-- /diagram -->`. Every table must have one. */
export function updateDiagrams(text: string, diagrams: readonly Diagram[]): Comparison {
  const bySource = new Map(diagrams.map(({ source, mermaid }) => [source, mermaid]));
  const { text: updated, faults } = updateBlocks(text, "diagram", (source) => {
    const mermaid = bySource.get(source);
    return mermaid === undefined
      ? { fault: "the document has a diagram of it, but there is no such table; take it out" }
      : { text: `\`\`\`mermaid\n${mermaid}\n\`\`\`` };
  });
  const drawn = new Set(listBlocks(text, "diagram"));
  const missing = diagrams
    .filter(({ source }) => !drawn.has(source))
    .map(
      ({ source }) =>
        `${source}: has no diagram; add the lines <!-- diagram:${source} --> and <!-- /diagram -->`,
    );
  return { text: updated, faults: [...faults, ...missing] };
}
