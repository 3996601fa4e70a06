import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { listFiles } from "./workspace.ts";

/**
 * The test files below some folders. A star (`packages/*` + `/test`) stands for each folder there.
 *
 * @param except folders below these that are left out.
 */
export const listTestFiles = (
  root: string,
  folders: readonly string[],
  except: readonly string[] = [],
): readonly string[] =>
  folders
    .flatMap((folder) => expand(root, folder))
    .flatMap((folder) => listFiles(join(root, folder)))
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => !except.some((folder) => path.startsWith(join(root, folder, sep))));

function expand(root: string, folder: string): readonly string[] {
  const [parent = "", inside] = folder.split("/*/");
  if (inside === undefined) return [folder];
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .sort()
    .map((name) => join(parent, name, inside));
}
