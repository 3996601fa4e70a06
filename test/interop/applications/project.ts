/** A folder outside the repository with the applications in it, as their authors would run them. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

export const CODE_FOLDER = join(import.meta.dirname, "code");
export const REPOSITORY = resolve(import.meta.dirname, "../../..");

export interface Project {
  readonly path: string;
  /** Makes `name` of the project what is at `target`, by link. */
  link(name: string, target: string): void;
  remove(): void;
}

/** The compiler options that the applications are written for. */
export const COMPILER_OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
} satisfies ts.CompilerOptions;

export function makeApplications(): Project {
  const path = mkdtempSync(join(tmpdir(), "towline-applications-"));
  mkdirSync(join(path, "node_modules"));
  for (const name of readdirSync(CODE_FOLDER)) {
    const source = readFileSync(join(CODE_FOLDER, name), "utf8");
    const { outputText } = ts.transpileModule(source, { compilerOptions: COMPILER_OPTIONS, fileName: name });
    writeFileSync(join(path, name.replace(/\.mts$/, ".mjs")), outputText);
  }
  return {
    path,
    link(name, target) {
      const place = join(path, "node_modules", name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(target, place, "dir");
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
