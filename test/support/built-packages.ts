import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const PACKAGES_FOLDER = resolve(import.meta.dirname, "../../packages");

/** Names of the packages as they are published; each must have been built. */
export function builtPackages(): readonly string[] {
  const folders = readdirSync(PACKAGES_FOLDER).filter((folder) =>
    existsSync(join(PACKAGES_FOLDER, folder, "src/index.ts")),
  );
  const unbuilt = folders.filter((folder) => !existsSync(join(PACKAGES_FOLDER, folder, "dist/index.mjs")));
  if (unbuilt.length > 0) throw new Error(`Not built: ${unbuilt.join(", ")}. Run \`npm run build\` first.`);
  return folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(PACKAGES_FOLDER, folder, "package.json"), "utf8")) as {
      name: string;
    };
    return manifest.name;
  });
}

/** A folder outside the repository where every package is installed, by link. `remove` takes it away. */
export function makeProject(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "towline-project-"));
  mkdirSync(join(path, "node_modules"));
  symlinkSync(
    resolve(PACKAGES_FOLDER, "../node_modules/@towline"),
    join(path, "node_modules/@towline"),
    "dir",
  );
  symlinkSync(resolve(PACKAGES_FOLDER, "../node_modules/@types"), join(path, "node_modules/@types"), "dir");
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
