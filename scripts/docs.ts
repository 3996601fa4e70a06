import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { runCommandLine, UserError } from "./lib/command-line.ts";
import type { Comparison } from "./lib/generated-blocks.ts";
import { runNode } from "./lib/run-process.ts";
import { listPackages, ROOT } from "./lib/workspace.ts";

const HELP = `
Writes what the documents take from tables in code:

  - the state diagrams of ARCHITECTURE.md, from packages/*/src/**/*-states.ts, each between
    <!-- diagram:packages/x/src/y-states.ts --> and <!-- /diagram -->
  - the options in packages/*/README.md, each table between
    <!-- options:packages/x/src/y-options.ts#TABLE --> and <!-- /options -->;
    "#TABLE only a b" and "#TABLE without a b" choose among its options

  npm run docs         writes them
  npm test -- docs     lists what is stale or missing, and fails

Options
  --write      write instead of checking
  --file FILE  only this document
`;

const CONDITION = "--conditions=towline-source";

interface Document {
  readonly path: string;
  update(text: string): Promise<Comparison>;
}

await runCommandLine(
  { help: HELP, options: { write: { type: "boolean" }, file: { type: "string" } } },
  async ({ values: { write = false, file } }) => {
    // The tables are read from source, and the condition that finds it must be given when the process starts.
    if (!process.execArgv.includes(CONDITION)) {
      const args = [CONDITION, "--import", "tsx", import.meta.filename, ...process.argv.slice(2)];
      return runNode(args, process.cwd());
    }
    const faults: string[] = [];
    for (const document of await chooseDocuments(file)) faults.push(...(await updateFile(document, write)));
    for (const fault of faults) console.error(fault);
    if (faults.length > 0 && !write) console.error("Run `npm run docs` to write what is stale.");
    return faults.length > 0 ? 1 : 0;
  },
);

async function chooseDocuments(file: string | undefined): Promise<readonly Document[]> {
  const documents = await listDocuments();
  if (file === undefined) return documents;
  const chosen = documents.filter(({ path }) => path === resolve(ROOT, file));
  if (chosen.length === 0)
    throw new UserError(
      `${file} is not one of ${documents.map(({ path }) => relative(ROOT, path)).join(", ")}`,
    );
  return chosen;
}

async function listDocuments(): Promise<readonly Document[]> {
  const { drawDiagrams, updateDiagrams } = await import("./lib/diagrams.ts");
  const { updateOptionTables } = await import("./lib/option-tables.ts");
  return [
    {
      path: join(ROOT, "ARCHITECTURE.md"),
      update: async (text) => updateDiagrams(text, await drawDiagrams(ROOT)),
    },
    ...listPackages(ROOT).map(({ path }) => ({
      path: join(path, "README.md"),
      update: (text: string) => updateOptionTables(text, ROOT),
    })),
  ];
}

/** @returns the faults that are left: writing mends a stale block, but not a wrong marker. */
async function updateFile({ path, update }: Document, write: boolean): Promise<readonly string[]> {
  const name = relative(ROOT, path);
  if (!existsSync(path)) return [`${name}: is not there; write it first, with its markers`];
  const before = readFileSync(path, "utf8");
  const { text, faults } = await update(before);
  if (write && text !== before) writeFileSync(path, text);
  const left = write ? (await update(text)).faults : faults;
  return left.map((fault) => `${name}: ${fault}`);
}
