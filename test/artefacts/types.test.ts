import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { builtPackages, makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";

interface Consumer {
  readonly title: string;
  /** The extension decides whether TypeScript reads the file as a module or as CommonJS. */
  readonly file: string;
  readonly module: ts.ModuleKind;
  readonly resolution: ts.ModuleResolutionKind;
  /** How the import is meant, where the resolution asks: as `import` or as `require`. */
  readonly mode?: ts.ResolutionMode;
  readonly types: string;
}

const { ModuleKind, ModuleResolutionKind } = ts;

const CONSUMERS: readonly Consumer[] = [
  {
    title: "node16, import",
    file: "consumer.mts",
    module: ModuleKind.Node16,
    resolution: ModuleResolutionKind.Node16,
    mode: ModuleKind.ESNext,
    types: "dist/esm/index.d.ts",
  },
  {
    title: "node16, require",
    file: "consumer.cts",
    module: ModuleKind.Node16,
    resolution: ModuleResolutionKind.Node16,
    mode: ModuleKind.CommonJS,
    types: "dist/cjs/index.d.ts",
  },
  {
    title: "bundler",
    file: "consumer.ts",
    module: ModuleKind.ESNext,
    resolution: ModuleResolutionKind.Bundler,
    types: "dist/esm/index.d.ts",
  },
  {
    title: "node10",
    file: "consumer.ts",
    module: ModuleKind.CommonJS,
    resolution: ModuleResolutionKind.Node10,
    types: "dist/cjs/index.d.ts",
  },
];

describe("types of the built packages", function () {
  // Each case is a run of the compiler over every declaration of ours.
  this.timeout(60_000);
  const names = builtPackages();
  const project = makeProject();

  after(() => project.remove());

  for (const consumer of CONSUMERS)
    it(`compile under moduleResolution ${consumer.title}`, () => {
      const path = join(project.path, consumer.file);
      const imports = names.map((name, index) => `import * as package${index} from "${name}";`);
      const uses = names.map((_, index) => `package${index}`);
      writeFileSync(path, `${imports.join("\n")}\nexport const all = [${uses.join(", ")}];\n`);
      const options: ts.CompilerOptions = {
        module: consumer.module,
        moduleResolution: consumer.resolution,
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2023.d.ts"],
        types: ["node"],
        strict: true,
        noEmit: true,
        esModuleInterop: true,
      };
      const host = ts.createCompilerHost(options);
      host.getCurrentDirectory = () => project.path;
      host.getSourceFile = parseOnce(host);
      const program = ts.createProgram([path], options, host);
      const faults = program
        .getSourceFiles()
        .filter((file) => isOurs(program, file))
        .flatMap((file) => [
          ...program.getSyntacticDiagnostics(file),
          ...program.getSemanticDiagnostics(file),
        ]);
      expect(ts.formatDiagnostics([...program.getOptionsDiagnostics(), ...faults], host)).to.equal("");
      for (const name of names)
        expect(typesOf(name, consumer, path, options)).to.match(typesFile(name, consumer));
    });
});

const parsed = new Map<string, ts.SourceFile | undefined>();

/** The standard library is the same in every run, and most of the work. */
function parseOnce(host: ts.CompilerHost): ts.CompilerHost["getSourceFile"] {
  const parse = host.getSourceFile.bind(host);
  return (fileName, ...rest) => {
    if (!fileName.includes("/typescript/lib/")) return parse(fileName, ...rest);
    if (!parsed.has(fileName)) parsed.set(fileName, parse(fileName, ...rest));
    return parsed.get(fileName);
  };
}

/** The declarations of others, such as @types/node, are theirs to mend. */
const isOurs = (program: ts.Program, file: ts.SourceFile): boolean =>
  (!program.isSourceFileDefaultLibrary(file) && !program.isSourceFileFromExternalLibrary(file)) ||
  file.fileName.startsWith(PACKAGES_FOLDER);

function typesOf(name: string, { mode }: Consumer, from: string, options: ts.CompilerOptions): string {
  const { resolvedModule } = ts.resolveModuleName(name, from, options, ts.sys, undefined, undefined, mode);
  return resolvedModule?.resolvedFileName ?? "nothing";
}

/** Their classes are declared once, in dist/cjs: see `copyTypes` of scripts/lib/build-types.ts. */
const DECLARED_ONCE = new Set(
  ["websocket", "engine.io", "socket.io-parser", "socket.io-adapter", "socket.io"].map(
    (name) => `@towline/${name}`,
  ),
);

const typesFile = (name: string, { types }: Consumer): RegExp =>
  endsWith(DECLARED_ONCE.has(name) && types.includes("/esm/") ? "dist/index.d.mts" : types);

const endsWith = (path: string): RegExp => new RegExp(`/${path.replaceAll(".", "\\.")}$`);
