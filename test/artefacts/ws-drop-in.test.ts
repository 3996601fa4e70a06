import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";

const { ModuleKind, ModuleResolutionKind } = ts;

const NODE16 = { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 };
const NODE10 = { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 };
const BUNDLER = { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler };

interface Way {
  readonly title: string;
  /** What a fixture's extension becomes: it decides between module and CommonJS. Stays as it is without. */
  readonly extension?: string;
  readonly options: ts.CompilerOptions;
  /** Names of fixtures; without it, all that end in `.ts`. */
  readonly only?: readonly string[];
}

const WAYS: readonly Way[] = [
  { title: "node16, import", extension: ".mts", options: NODE16 },
  { title: "node16, require", extension: ".cts", options: NODE16 },
  { title: "bundler", extension: ".ts", options: BUNDLER },
  { title: "node10", extension: ".ts", options: NODE10 },
  { title: "node16, import, by name", extension: ".mts", options: NODE16, only: ["named.mts"] },
  { title: "bundler, by name", extension: ".ts", options: BUNDLER, only: ["named.mts"] },
  {
    title: "node16, require, by name and as a whole",
    extension: ".cts",
    options: NODE16,
    only: ["named.cts", "require.cts"],
  },
  {
    title: "node10, by name and as a whole",
    extension: ".ts",
    options: NODE10,
    only: ["named.cts", "require.cts"],
  },
  {
    title: "node16, a module with a library in CommonJS",
    options: NODE16,
    only: ["application.mts", "library.cts"],
  },
  ...([NODE16, NODE10] as const).map((options) => ({
    title: `${options === NODE16 ? "node16" : "node10"}, without esModuleInterop`,
    extension: options === NODE16 ? ".cts" : ".ts",
    options: { ...options, esModuleInterop: false, allowSyntheticDefaultImports: false },
    only: ["star.cts", "require.cts"],
  })),
];

const FIXTURES_FOLDER = join(import.meta.dirname, "ws-code");

/** Says of each name that `ws` has whether it is there, whichever way the package is loaded. */
const PROGRAM = `
import { createRequire } from "node:module";
import WebSocket, * as imported from "ws";
import { createWebSocketStream, WebSocketServer } from "ws";
const required = createRequire(import.meta.url)("ws");
const { WebSocket: Named, WebSocketServer: NamedServer } = required;
console.log(JSON.stringify({
  "the module is the class": required === WebSocket && WebSocket === imported.default,
  "the class has its own name": required.WebSocket === required && Named === imported.WebSocket,
  "Server": required.Server === WebSocketServer && new required.Server({ noServer: true }) instanceof NamedServer,
  "WebSocketServer": required.WebSocketServer === WebSocketServer,
  "createWebSocketStream": required.createWebSocketStream === createWebSocketStream,
  "ready states": [required.CONNECTING, required.OPEN, required.CLOSING, required.CLOSED].join() === "0,1,2,3",
  "new": new required(null) instanceof WebSocket,
  "a subclass": new (class extends required {})(null).OPEN === 1,
}));
`;

describe("code written for ws", () => {
  const project = makeProject();
  before(() => symlinkSync(join(PACKAGES_FOLDER, "websocket"), join(project.path, "node_modules/ws"), "dir"));
  after(() => project.remove());

  it("finds in our package what it imports and requires", () => {
    writeFileSync(join(project.path, "load.mjs"), PROGRAM);
    // A plain Node: no loader, no export condition.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const output = execFileSync(process.execPath, ["load.mjs"], { cwd: project.path, env, encoding: "utf8" });
    const answers = Object.entries(JSON.parse(output) as Record<string, boolean>);
    expect(answers).to.have.length(8);
    expect(answers.filter(([, isSo]) => !isSo)).to.deep.equal([]);
  });
});

describe("code written for ws and @types/ws", function () {
  // Each case is a run of the compiler.
  this.timeout(60_000);
  const projects = [makeProject(), makeProject()] as const;
  const [theirs, ours] = projects;

  before(() => symlinkSync(join(PACKAGES_FOLDER, "websocket"), join(ours.path, "node_modules/ws"), "dir"));
  after(() => {
    for (const project of projects) project.remove();
  });

  for (const [name, project] of [
    ["@types/ws itself", theirs],
    ["our types", ours],
  ] as const)
    for (const way of WAYS)
      it(`compiles with ${name} under ${way.title}`, () => {
        const files = fixturesOf(way).map((fixture) => {
          const copy = join(
            project.path,
            basename(fixture, extname(fixture)) + (way.extension ?? extname(fixture)),
          );
          copyFileSync(join(FIXTURES_FOLDER, fixture), copy);
          return copy;
        });
        expect(faultsOf(files, way.options, project.path)).to.equal("");
      });
});

const fixturesOf = ({ only }: Way): readonly string[] =>
  only ?? readdirSync(FIXTURES_FOLDER).filter((name) => name.endsWith(".ts"));

function faultsOf(files: readonly string[], way: ts.CompilerOptions, folder: string): string {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    esModuleInterop: true,
    ...way,
  };
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => folder;
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
