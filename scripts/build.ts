import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { buildBundles } from "./lib/build-bundles.ts";
import { buildCommonJs } from "./lib/build-commonjs.ts";
import { buildTypes } from "./lib/build-types.ts";
import { runCommandLine, UserError } from "./lib/command-line.ts";
import { listPackages, type Package, ROOT } from "./lib/workspace.ts";

const HELP = `
Builds every package into its dist/ folder.

  npm run build                    everything
  npm run build -- --only bundles  the browser bundles alone (no type check)
  npm run clean                    removes what was built

  dist/esm/      modules and declarations      dist/cjs/     CommonJS and declarations
  dist/index.mjs what \`import\` loads in Node   dist/socket.io*.js  browser bundles (socket.io-client)

Options
  --only PART  types, modules or bundles
  --quiet      print errors only
  --clean      remove dist/ of every package and stop
`;

const PARTS = ["types", "modules", "bundles"] as const;
type Part = (typeof PARTS)[number];

await runCommandLine(
  {
    help: HELP,
    options: { only: { type: "string" }, quiet: { type: "boolean" }, clean: { type: "boolean" } },
  },
  async ({ values: { only, quiet = false, clean = false } }) => {
    const packages = listPackages(ROOT);
    if (clean) {
      for (const { path } of packages) rmSync(join(path, "dist"), { recursive: true, force: true });
      return 0;
    }
    const say = quiet ? () => {} : (line: string) => console.log(line);
    for (const part of chosenParts(only)) await build(part, packages, say);
    return 0;
  },
);

function chosenParts(only: string | undefined): readonly Part[] {
  if (only === undefined) return PARTS;
  const part = PARTS.find((name) => name === only);
  if (part === undefined) throw new UserError(`--only takes ${PARTS.join(", ")}, not "${only}"; see --help`);
  return [part];
}

async function build(part: Part, packages: readonly Package[], say: (line: string) => void): Promise<void> {
  const startedMs = performance.now();
  say(`Building ${part} …`);
  if (part === "types") await buildTypes(ROOT, packages);
  if (part === "modules") await Promise.all(packages.map(buildCommonJs));
  if (part === "bundles") await bundleClient(packages, say);
  say(`Built ${part} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

async function bundleClient(packages: readonly Package[], say: (line: string) => void): Promise<void> {
  const client = packages.find(({ folder }) => folder === "socket.io-client");
  if (client === undefined) return;
  for (const path of await buildBundles(client))
    if (path.endsWith(".js")) say(`  ${relative(ROOT, path)}: ${sizesOf(path)}`);
}

function sizesOf(path: string): string {
  const bytes = readFileSync(path);
  const kilobytes = (length: number) => `${(length / 1000).toFixed(1)} kB`;
  return `${kilobytes(bytes.length)}, ${kilobytes(gzipSync(bytes, { level: 9 }).length)} gzipped`;
}
