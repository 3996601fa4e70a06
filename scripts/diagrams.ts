import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { runCommandLine, UserError } from "./lib/command-line.ts";
import { runNode } from "./lib/run-process.ts";
import { ROOT } from "./lib/workspace.ts";

const HELP = `
Prints the state diagrams in ARCHITECTURE.md from the transition tables (packages/*/src/**/*-states.ts).

  npm run docs            writes them
  tsx scripts/diagrams.ts checks them: lists what is stale or missing and exits with 1

A table's diagram stands between <!-- diagram:packages/x/src/y-states.ts --> and <!-- /diagram -->.

Options
  --write      write instead of checking
  --file FILE  another document than ARCHITECTURE.md
`;

const CONDITION = "--conditions=towline-source";

await runCommandLine(
  {
    help: HELP,
    options: { write: { type: "boolean" }, file: { type: "string", default: "ARCHITECTURE.md" } },
  },
  async ({ values: { write = false, file } }) => {
    // The tables are read from source, and the condition that finds it must be given when the process starts.
    if (!process.execArgv.includes(CONDITION)) {
      const args = [CONDITION, "--import", "tsx", import.meta.filename, ...process.argv.slice(2)];
      return runNode(args, process.cwd());
    }
    return updateFile(resolve(ROOT, file), write);
  },
);

async function updateFile(path: string, write: boolean): Promise<number> {
  if (!existsSync(path))
    throw new UserError(`${path} is not there; write it first, with its diagram markers`);
  const { drawDiagrams, updateDocument } = await import("./lib/diagrams.ts");
  const before = readFileSync(path, "utf8");
  const { text, faults } = updateDocument(before, await drawDiagrams(ROOT));
  if (write) writeFileSync(path, text);
  // Writing mends a stale diagram, but not a missing marker.
  const left = write ? updateDocument(text, await drawDiagrams(ROOT)).faults : faults;
  for (const fault of left) console.error(fault);
  if (left.length > 0 && !write) console.error("Run `npm run docs` to write stale diagrams.");
  return left.length > 0 ? 1 : 0;
}
