import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Subpath imports: a file, or files by condition, of which `default` is Node's. */
  readonly imports?: Readonly<Record<string, string | { readonly default?: string }>>;
  readonly exports?: Readonly<Record<string, string | { readonly import?: { readonly types?: string } }>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** Folder name below packages/. */
  readonly folder: string;
  readonly path: string;
  readonly manifest: Manifest;
}

/** The packages that have an entry file, by name. One that has none yet is left out. */
export function listPackages(root: string): readonly Package[] {
  const parent = join(root, "packages");
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((folder) => ({ folder, path: join(parent, folder) }))
    .filter(({ path }) => existsSync(join(path, "package.json")) && existsSync(join(path, "src/index.ts")))
    .map((found) => ({ ...found, manifest: readManifest(found.path) }));
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** Every file below `folder`, as absolute paths in a stable order; none when the folder is absent. */
export function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
