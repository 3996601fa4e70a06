import { join } from "node:path";
import * as esbuild from "esbuild";
import { copyTypes } from "./build-types.ts";
import type { Package } from "./workspace.ts";
import { writeIfChanged } from "./write-if-changed.ts";

/**
 * A package with a function or class as its default export gives just that to `require`, the named exports being its
 * properties, as `require("socket.io-client")` and `require("ws")` are used.
 */
const CALLABLE_FOOTER =
  'if (typeof module.exports.default === "function") module.exports = Object.assign(module.exports.default, module.exports);';

/**
 * Makes dist/cjs, which is the one copy of the code in Node, and dist/index.mjs, which hands its exports to `import`.
 * Two copies would be two classes of the same name, and `instanceof` would fail between them.
 */
export async function buildCommonJs(found: Package): Promise<void> {
  const dist = join(found.path, "dist");
  const exported = await exportedNames(found);
  const { outputFiles } = await esbuild.build({
    ...nodeBuild(found),
    format: "cjs",
    sourcemap: true,
    sourcesContent: false,
    footer: exported.includes("default") ? { js: CALLABLE_FOOTER } : {},
  });
  for (const { path, contents } of outputFiles) writeIfChanged(path, contents);
  writeIfChanged(join(dist, "cjs/package.json"), '{ "type": "commonjs" }\n');
  writeIfChanged(join(dist, "index.mjs"), esmWrapper(exported));
  copyTypes(found);
}

export function esmWrapper(exported: readonly string[]): string {
  const named = exported.filter((name) => name !== "default");
  return [
    'import exported from "./cjs/index.js";',
    ...(named.length > 0 ? [`export const { ${named.join(", ")} } = exported;`] : []),
    ...(exported.includes("default") ? ["export default exported.default;"] : []),
    "",
  ].join("\n");
}

async function exportedNames(found: Package): Promise<readonly string[]> {
  const { metafile } = await esbuild.build({ ...nodeBuild(found), format: "esm", metafile: true });
  return Object.values(metafile.outputs)
    .flatMap((output) => output.exports)
    .sort();
}

const nodeBuild = ({ path }: Package) =>
  ({
    absWorkingDir: path,
    entryPoints: ["src/index.ts"],
    outfile: "dist/cjs/index.js",
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    packages: "external",
    conditions: ["towline-source"],
    // CommonJS has no `import.meta`: the name below is the same URL, made from `__filename`.
    define: { "import.meta.url": "importMetaUrl" },
    inject: [join(import.meta.dirname, "import-meta-url.ts")],
    logLevel: "error",
  }) as const satisfies esbuild.BuildOptions;
