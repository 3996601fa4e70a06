import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { checkConformance, listTests, readRows } from "./lib/check-conformance.ts";
import { runCommandLine } from "./lib/command-line.ts";
import { runNode } from "./lib/run-process.ts";
import { listTestFiles } from "./lib/test-files.ts";
import { ROOT } from "./lib/workspace.ts";

const HELP = `
Holds the table of what RFC 6455 and RFC 7692 require against the tests there are.

  tsx scripts/conformance.ts

Fails, naming the row, when a test it names does not exist or is skipped, when it names none and gives no reason
("not ours: …"), and when two rows have the same number. A test is named by its file and its full title.

Options
  --file FILE     another document than protocol-docs/websocket-conformance.md
  --tests FOLDER  another folder of tests than packages/websocket/test
`;

const CONDITION = "--conditions=towline-source";

await runCommandLine(
  {
    help: HELP,
    options: {
      file: { type: "string", default: "protocol-docs/websocket-conformance.md" },
      tests: { type: "string", default: "packages/websocket/test" },
    },
  },
  async ({ values: { file, tests } }) => {
    // The tests are loaded from source, and the condition that finds it must be given when the process starts.
    if (!process.execArgv.includes(CONDITION)) {
      const args = [CONDITION, "--import", "tsx", import.meta.filename, ...process.argv.slice(2)];
      return runNode(args, process.cwd());
    }
    const rows = readRows(readFileSync(resolve(ROOT, file), "utf8"));
    const { faults, shown, notOurs } = checkConformance(
      rows,
      await listTests(resolve(ROOT, tests), listTestFiles(ROOT, [tests])),
    );
    for (const fault of faults) console.error(`  ${fault}`);
    console.log(
      `  ${rows.length} requirements: ${shown} shown by tests, ${notOurs} not ours, ${faults.length} faults`,
    );
    return faults.length > 0 ? 1 : 0;
  },
);
