import { isBuiltin } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { findCycles } from "./cycles.ts";
import { matchesAny } from "./glob.ts";
import { type Import, readImports } from "./imports.ts";
import { IMPURE, LAYERS, NODE_ONLY, PURE } from "./layer-table.ts";
import { listFiles, listPackages, type Package } from "./workspace.ts";

const SCOPE = "@towline/";

/** A file under the rules, by its path from the repository's root, with forward slashes. */
interface SourceFile {
  readonly path: string;
  readonly owner: Package;
  readonly imports: readonly Import[];
}

/** Checks every source file of every package. Gives a line for each violation: where, and which rule. */
export function checkLayers(root: string): readonly string[] {
  const packages = listPackages(root);
  const violations: string[] = [];
  for (const owner of packages) {
    const files = readSources(root, owner);
    if (!LAYERS.has(owner.folder))
      violations.push(`packages/${owner.folder}: has no row in scripts/lib/layer-table.ts; give it one`);
    for (const file of files)
      for (const imported of file.imports)
        for (const fault of faultsOf(file, imported))
          violations.push(`${file.path}:${imported.line}: ${fault}`);
    violations.push(...cyclesOf(files));
  }
  return violations;
}

function readSources(root: string, owner: Package): readonly SourceFile[] {
  return listFiles(join(owner.path, "src"))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path: relative(root, path).split(sep).join("/"), owner, imports: readImports(path) }));
}

function faultsOf(file: SourceFile, { specifier }: Import): readonly string[] {
  if (specifier.startsWith(".")) return faultsOfRelative(file, specifier);
  // Subpath imports (`#platform`) lead to files of the same package, which are checked themselves.
  if (specifier.startsWith("#")) return [];
  const pure = matchesAny(file.path, PURE) && !matchesAny(file.path, IMPURE);
  if (isBuiltin(specifier))
    return pure ? [`imports ${specifier}, but codecs, machines and browser code use nothing of Node`] : [];
  const name = packageName(specifier);
  return [
    ...(name.startsWith(SCOPE) ? faultsOfTowline(file, specifier, pure) : []),
    ...faultsOfDependency(file.owner, name),
  ];
}

function faultsOfRelative({ path, owner }: SourceFile, specifier: string): readonly string[] {
  const target = join(dirname(path), specifier).split(sep).join("/");
  if (!target.startsWith(`packages/${owner.folder}/src/`))
    return [`imports ${specifier}, which is outside its package's src; import packages by name`];
  return specifier.endsWith(".ts") ? [] : [`imports ${specifier}; relative imports end in .ts`];
}

function faultsOfTowline({ owner }: SourceFile, specifier: string, pure: boolean): readonly string[] {
  const [folder = "", ...inside] = specifier.slice(SCOPE.length).split("/");
  const faults: string[] = [];
  if (inside.length > 0) faults.push(`imports ${specifier}; import ${SCOPE}${folder} itself`);
  if (!(LAYERS.get(owner.folder) ?? []).includes(folder))
    faults.push(`imports ${SCOPE}${folder}, which is not below ${owner.folder} in the layer table`);
  if (pure && NODE_ONLY.has(folder))
    faults.push(`imports ${SCOPE}${folder}, which only Node can load, outside the Node platform file`);
  return faults;
}

function faultsOfDependency({ manifest }: Package, name: string): readonly string[] {
  if (name.startsWith("reference-"))
    return [`imports ${name}; reference packages are for tests and benchmarks`];
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  return name in declared ? [] : [`imports ${name}, which ${manifest.name} does not declare as a dependency`];
}

const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Type-only imports are left out: they are erased, and public classes do name each other (`socket.nsp`, `nsp.server`). */
function cyclesOf(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(files.map((file) => [file.path, relativeTargets(file)]));
  return findCycles(graph).map((cycle) => {
    const [first = "", second = first] = cycle;
    const line = lineOfImport(files, first, second);
    return `${first}:${line}: import cycle: ${[...cycle, first].join(" → ")}`;
  });
}

const relativeTargets = ({ path, imports }: SourceFile): readonly string[] =>
  imports
    .filter(({ specifier, typeOnly }) => !typeOnly && specifier.startsWith("."))
    .map(({ specifier }) => resolveFrom(path, specifier));

const resolveFrom = (path: string, specifier: string): string =>
  join(dirname(path), specifier).split(sep).join("/");

function lineOfImport(files: readonly SourceFile[], from: string, to: string): number {
  const imports = files.find(({ path }) => path === from)?.imports ?? [];
  return (
    imports.find(({ specifier, typeOnly }) => !typeOnly && resolveFrom(from, specifier) === to)?.line ?? 1
  );
}
