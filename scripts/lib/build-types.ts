import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { UserError } from "./command-line.ts";
import { classAsModule, EXPORTS_FILE } from "./commonjs-types.ts";
import { programPath, runNode } from "./run-process.ts";
import { listFiles, type Manifest, type Package } from "./workspace.ts";
import { writeIfChanged } from "./write-if-changed.ts";

/** Checks types and emits dist/esm (modules and declarations) of every package. */
export async function buildTypes(root: string, packages: readonly Package[]): Promise<void> {
  const code = await runNode(
    [programPath("typescript", "tsc"), "-b", ...packages.map(({ path }) => path)],
    root,
  );
  if (code !== 0) throw new UserError("Build stopped: the type errors above come first.");
  for (const found of packages) nameBuiltFiles(found);
}

/**
 * Puts the declarations beside the CommonJS bundle as well, where dist/cjs/package.json makes TypeScript read them as
 * CommonJS: the same text serves both module systems. Only the index may differ, where `require` gives a class.
 */
export function copyTypes({ path, manifest }: Package): void {
  const from = join(path, "dist/esm");
  const index = join(from, "index.d.ts");
  const required = existsSync(index) ? classAsModule(index) : undefined;
  for (const file of listFiles(from)) {
    if (!/\.d\.ts(\.map)?$/.test(file)) continue;
    const name = file === index && required !== undefined ? EXPORTS_FILE : relative(from, file);
    writeIfChanged(join(path, "dist/cjs", name), readFileSync(file));
  }
  if (required !== undefined) writeIfChanged(join(path, "dist/cjs/index.d.ts"), required);
  if (required === undefined && !isTypedByWrapper(manifest)) return;
  const names = required === undefined ? "index.js" : EXPORTS_FILE.replace(/\.d\.ts$/, ".js");
  writeIfChanged(join(path, "dist/index.d.mts"), wrapperTypes(names, hasDefault(index)));
}

const hasDefault = (index: string): boolean =>
  /^export (default\b|\{[^}]*\bdefault\b)/m.test(readFileSync(index, "utf8"));

function isTypedByWrapper({ exports }: Manifest): boolean {
  const main = exports?.["."];
  return typeof main === "object" && main.import?.types === "./dist/index.d.mts";
}

/**
 * Declarations of dist/index.mjs, which takes from dist/cjs what it exports. Declared a second time a class would be
 * another type, and a library that requires it could not be given what an application imports.
 */
const wrapperTypes = (names: string, withDefault: boolean): string =>
  `export * from "./cjs/${names}";\n${withDefault ? 'export { default } from "./cjs/index.js";\n' : ""}`;

/**
 * tsc rewrites `./x.ts` to `./x.js` in modules but not in declarations, and leaves subpath imports (`#platform`), which not
 * every module resolution knows. Users' compilers understand the plain relative path.
 */
function nameBuiltFiles({ path, manifest }: Package): void {
  const built = join(path, "dist/esm");
  for (const file of listFiles(built).filter((name) => name.endsWith(".d.ts"))) {
    const text = readFileSync(file, "utf8");
    const fixed = text.replace(MODULE_NAME, (whole, before: string, name: string, after: string) => {
      const target = name.startsWith("#") ? subpathTarget(manifest, name) : undefined;
      if (target !== undefined) return before + relativeImport(file, join(path, target)) + after;
      return name.startsWith(".") ? before + name.replace(/\.ts$/, ".js") + after : whole;
    });
    if (fixed === text) continue;
    // The time stays: a newer declaration would make `tsc -b` build every package above this one again.
    const { atime, mtime } = statSync(file);
    writeFileSync(file, fixed);
    utimesSync(file, atime, mtime);
  }
}

const MODULE_NAME = /((?:from|import|declare module)\s*\(?\s*["'])([.#][^"']*)(["'])/g;

/** Where a subpath import leads in Node, once built. */
function subpathTarget({ imports }: Manifest, name: string): string | undefined {
  const entry = imports?.[name];
  return typeof entry === "string" ? entry : entry?.default;
}

function relativeImport(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}
