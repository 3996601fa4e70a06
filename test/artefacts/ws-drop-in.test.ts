import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";
import { BUNDLER, faultsOf, NODE10, NODE16, runPlain, type Way } from "./written-code.ts";

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
    const output = runPlain("load.mjs", project.path);
    const answers = Object.entries(output as Record<string, boolean>);
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
        expect(faultsOf(way, FIXTURES_FOLDER, project.path)).to.equal("");
      });
});
