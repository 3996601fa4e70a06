import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const created: string[] = [];

/** Writes files, given by path, into a new folder and returns the folder. */
export function writeTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "towline-fixture-"));
  created.push(root);
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
  return root;
}

/** Removes every folder that `writeTree` made. Call it from `afterEach`. */
export function removeTrees(): void {
  for (const root of created.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** The manifest and entry file that make a folder a package. */
export const packageFiles = (
  folder: string,
  sources: Readonly<Record<string, string>>,
  dependencies: readonly string[] = [],
): Record<string, string> => ({
  [`packages/${folder}/package.json`]: JSON.stringify({
    name: `@towline/${folder}`,
    version: "1.2.3",
    dependencies: Object.fromEntries(dependencies.map((name) => [name, "1.0.0"])),
  }),
  [`packages/${folder}/src/index.ts`]: "",
  ...Object.fromEntries(
    Object.entries(sources).map(([path, text]) => [`packages/${folder}/src/${path}`, text]),
  ),
});
