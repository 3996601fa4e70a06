import { existsSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import type { Package } from "./workspace.ts";
import { writeIfChanged } from "./write-if-changed.ts";

interface Bundle {
  readonly file: string;
  readonly entry: "src/bundle.ts" | "src/index.ts";
  readonly format: "umd" | "esm";
  readonly minify: boolean;
  readonly plugins?: esbuild.Plugin[];
}

/** Puts another module in the place of one of the client's. */
const replace = (file: string, replacement: string): esbuild.Plugin => ({
  name: `replace ${file}`,
  setup: ({ onResolve, initialOptions: { absWorkingDir = "" } }) =>
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === join(absWorkingDir, file) ? { path: replacement } : undefined,
    ),
});

/** The files that a page loads without a bundler of its own. */
const BUNDLES: readonly Bundle[] = [
  { file: "socket.io.js", entry: "src/bundle.ts", format: "umd", minify: false },
  { file: "socket.io.min.js", entry: "src/bundle.ts", format: "umd", minify: true },
  { file: "socket.io.esm.min.js", entry: "src/index.ts", format: "esm", minify: true },
  {
    file: "socket.io.msgpack.min.js",
    entry: "src/bundle.ts",
    format: "umd",
    minify: true,
    plugins: [replace("src/default-parser.ts", join(import.meta.dirname, "msgpack-parser.ts"))],
  },
];

/** One module for AMD, CommonJS and a script tag, where it becomes the global `io`. */
const UMD_HEAD = `(function(factory){if(typeof define==="function"&&define.amd)define([],factory);else if(typeof module==="object"&&module.exports)module.exports=factory();else globalThis.io=factory()})(function(){`;
const UMD_TAIL = "return io.default});";

/**
 * Makes the browser bundles of the client. Always all of them: that takes esbuild less time than finding out whether
 * anything changed, and an unchanged file is not written.
 *
 * @returns the paths of the bundles that changed.
 */
export async function buildBundles(client: Package): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const bundle of BUNDLES) {
    if (!existsSync(join(client.path, bundle.entry))) continue;
    const { outputFiles } = await esbuild.build(bundleOptions(client, bundle));
    for (const { path, contents } of outputFiles) if (writeIfChanged(path, contents)) changed.push(path);
  }
  return changed;
}

function bundleOptions({ path, manifest }: Package, { file, entry, format, minify, plugins = [] }: Bundle) {
  const banner = `/*! ${manifest.name} ${manifest.version} | MIT License */`;
  return {
    absWorkingDir: path,
    entryPoints: [entry],
    outfile: `dist/${file}`,
    bundle: true,
    write: false,
    minify,
    sourcemap: true,
    platform: "browser",
    target: "es2022",
    conditions: ["towline-source", "browser"],
    define: { TOWLINE_NO_DEBUG: "true" },
    legalComments: "none",
    plugins,
    logLevel: "error",
    ...(format === "esm"
      ? { format, banner: { js: banner } }
      : {
          format: "iife",
          globalName: "io",
          banner: { js: `${banner}\n${UMD_HEAD}` },
          footer: { js: UMD_TAIL },
        }),
  } as const satisfies esbuild.BuildOptions;
}
