import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";
import { BUNDLER, faultsOf, NODE10, NODE16, runPlain, type Way } from "./written-code.ts";

const IN_COMMONJS = ["default.cts", "named.cts", "require.cts"];

const WAYS: readonly Way[] = [
  { title: "node16, import", extension: ".mts", options: NODE16 },
  { title: "node16, require", extension: ".cts", options: NODE16 },
  { title: "bundler", extension: ".ts", options: BUNDLER },
  { title: "node10", extension: ".ts", options: NODE10 },
  { title: "node16, import, by name", options: NODE16, only: ["named.mts"] },
  { title: "bundler, by name", extension: ".ts", options: BUNDLER, only: ["named.mts"] },
  { title: "node16, require, by name and as a whole", options: NODE16, only: IN_COMMONJS },
  { title: "node10, by name and as a whole", extension: ".ts", options: NODE10, only: IN_COMMONJS },
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

const FIXTURES_FOLDER = join(import.meta.dirname, "engine-code");
const REFERENCE_FOLDER = resolve(PACKAGES_FOLDER, "../node_modules/reference-engine.io");
const OUR_FOLDER = join(PACKAGES_FOLDER, "engine.io");

/** Says of what engine.io exports whether it is there, whichever way the package is loaded. */
const PROGRAM = `
import { createRequire } from "node:module";
import * as imported from "engine.io";
import {
  attach, listen, parser, protocol, Server, Socket, Transport, transports, uServer,
} from "engine.io";
const required = createRequire(import.meta.url)("engine.io");
const names = { attach, listen, parser, protocol, Server, Socket, Transport, transports, uServer };
const makes = (make) => { try { return make() !== undefined; } catch { return false; } };
console.log(JSON.stringify({
  "the module is an object": typeof required === "object",
  "the same by import and require": Object.entries(names).every(([name, value]) => required[name] === value),
  "the same as a namespace": Object.entries(names).every(([name, value]) => imported[name] === value),
  "protocol": protocol === 4 && parser.protocol === 4,
  "parser": parser.encodePayload.length === 2 && parser.decodePacket("4a").data === "a",
  "transports": Object.keys(transports).join() === "polling,websocket,webtransport",
  "upgradesTo": transports.polling.upgradesTo?.join() === "websocket,webtransport",
  "Server": makes(() => new Server({ transports: ["polling"] })),
  "a subclass": new (class extends Server {})() instanceof required.Server,
  "errors": Server.errors.UNKNOWN_SID === 1 && Object.keys(Server.errors).length === 6,
  "errorMessages": Server.errorMessages[Server.errors.FORBIDDEN] === "Forbidden",
  "listen and attach": typeof listen === "function" && typeof attach === "function",
  "Socket and Transport": [Socket, Transport].every((found) => /^class/.test(found)),
  "uServer": typeof uServer === "function",
}));
`;

const PACKAGES = [
  ["engine.io itself", REFERENCE_FOLDER],
  ["our package", OUR_FOLDER],
] as const;

for (const [name, folder] of PACKAGES)
  describe(`code written for engine.io, with ${name}`, function () {
    // Each case is a run of the compiler.
    this.timeout(60_000);
    const project = makeProject();
    before(() => symlinkSync(folder, join(project.path, "node_modules/engine.io"), "dir"));
    after(() => project.remove());

    it("finds what it imports and requires", () => {
      writeFileSync(join(project.path, "load.mjs"), PROGRAM);
      const output = runPlain("load.mjs", project.path);
      const answers = Object.entries(output as Record<string, boolean>);
      expect(answers).to.have.length(14);
      const missing = answers.filter(([, isSo]) => !isSo).map(([found]) => found);
      expect(missing).to.deep.equal([]);
    });

    for (const way of WAYS)
      it(`compiles under ${way.title}`, () => {
        expect(faultsOf(way, FIXTURES_FOLDER, project.path)).to.equal("");
      });
  });
