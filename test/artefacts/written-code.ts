/** Code as users have written it for a package of the reference, compiled and run with that or with ours. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import ts from "typescript";

const { ModuleKind, ModuleResolutionKind } = ts;

export const NODE16 = { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 };
export const NODE10 = { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 };
export const BUNDLER = { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler };

/** A way in which a project compiles its code. */
export interface Way {
  readonly title: string;
  /** What a fixture's extension becomes: it decides between module and CommonJS. Stays as it is without. */
  readonly extension?: string;
  readonly options: ts.CompilerOptions;
  /** Names of fixtures; without it, all that end in `.ts`. */
  readonly only?: readonly string[];
}

/**
 * Compiles the fixtures of a folder in a project.
 *
 * @returns what the compiler has to say, or "".
 */
export function faultsOf(way: Way, fixturesFolder: string, projectPath: string): string {
  const fixtures = way.only ?? readdirSync(fixturesFolder).filter((name) => name.endsWith(".ts"));
  const files = fixtures.map((fixture) => {
    const extension = extname(fixture);
    const copy = join(projectPath, basename(fixture, extension) + (way.extension ?? extension));
    copyFileSync(join(fixturesFolder, fixture), copy);
    return copy;
  });
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    types: ["node"],
    strict: true,
    noImplicitOverride: true,
    noEmit: true,
    skipLibCheck: true,
    esModuleInterop: true,
    ...way.options,
  };
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => projectPath;
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    // The standard library and Node's types are the same in every run, and most of the work.
    if (!/\/(typescript\/lib|@types\/node)\//.test(name)) return parse(name, ...rest);
    if (!parsed.has(name)) parsed.set(name, parse(name, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram(files, options, host);
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host);
}

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Runs a program in a plain Node, with no loader and no export condition. @returns what it prints, which is JSON. */
export function runPlain(file: string, projectPath: string): unknown {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const output = execFileSync(process.execPath, [file], { cwd: projectPath, env, encoding: "utf8" });
  return JSON.parse(output);
}
