import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { listFiles } from "./workspace.ts";

/** The test files below some folders. A star (`packages/*` + `/test`) stands for each folder there. */
export const listTestFiles = (root: string, folders: readonly string[]): readonly string[] =>
  folders
    .flatMap((folder) => expand(root, folder))
    .flatMap((folder) => listFiles(join(root, folder)))
    .filter((path) => path.endsWith(".test.ts"));

function expand(root: string, folder: string): readonly string[] {
  const [parent = "", inside] = folder.split("/*/");
  if (inside === undefined) return [folder];
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .sort()
    .map((name) => join(parent, name, inside));
}
