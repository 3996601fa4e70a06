import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { build } from "esbuild";
import { makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";
import { BUNDLER, faultsOf, NODE10, NODE16, runPlain, type Way } from "./written-code.ts";

const WITH_DOM = { lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"] };

const WAYS: readonly Way[] = [
  { title: "node16, import", extension: ".mts", options: NODE16 },
  { title: "node16, require", extension: ".cts", options: NODE16 },
  { title: "bundler", extension: ".ts", options: BUNDLER },
  { title: "bundler, with the types of browsers", extension: ".ts", options: { ...BUNDLER, ...WITH_DOM } },
  { title: "node10", extension: ".ts", options: NODE10 },
  { title: "node16, import, as a whole", options: NODE16, only: ["whole.mts"] },
  { title: "node16, require, as a whole", options: NODE16, only: ["whole.cts"] },
  { title: "node10, as a whole", extension: ".ts", options: NODE10, only: ["whole.cts"] },
];

const FIXTURES_FOLDER = join(import.meta.dirname, "socket-parser-code");
const MODULES_FOLDER = resolve(PACKAGES_FOLDER, "../node_modules");
const REFERENCE_FOLDER = join(MODULES_FOLDER, "reference-socket.io-parser");
const OUR_FOLDER = join(PACKAGES_FOLDER, "socket.io-parser");

/** A project where `socket.io-parser` is the package in `folder`. */
function projectWith(folder: string): ReturnType<typeof makeProject> {
  const project = makeProject();
  const modules = join(project.path, "node_modules");
  symlinkSync(folder, join(modules, "socket.io-parser"), "dir");
  mkdirSync(join(modules, "@socket.io"));
  symlinkSync(
    join(MODULES_FOLDER, "@socket.io/component-emitter"),
    join(modules, "@socket.io/component-emitter"),
    "dir",
  );
  return project;
}

/** Uses everything that `parser` has, and says what came of it. */
const USE = `
function use(parser) {
  const { Encoder, Decoder, PacketType, isPacketValid, protocol } = parser;
  const seen = [];
  const decoder = new Decoder({ reviver: (key, value) => (value === "a" ? "b" : value), maxAttachments: 2 });
  decoder.on("decoded", ({ type, nsp, id, data }) =>
    seen.push([PacketType[type], nsp, id ?? null, data.map((each) => (typeof each === "object" ? [...new Uint8Array(each)] : each))]));
  const encoder = new Encoder((key, value) => (value === "c" ? "d" : value));
  const wires = [
    { type: PacketType.EVENT, nsp: "/", data: ["x", "a"] },
    { type: PacketType.ACK, nsp: "/admin", id: 1, data: [new Uint8Array([1, 2]).buffer, "c"] },
  ].flatMap((packet) => encoder.encode(packet));
  for (const wire of wires) decoder.add(wire);
  decoder.off("decoded");
  let refused = false;
  try {
    decoder.add("53-[]");
  } catch (error) {
    refused = true;
  }
  decoder.destroy();
  return JSON.stringify({
    protocol,
    wires: wires.map((wire) => (typeof wire === "string" ? wire : wire.byteLength)),
    seen,
    refused,
    validity: [isPacketValid({ type: PacketType.EVENT, nsp: "/", data: ["x"] }), isPacketValid({ type: 9, nsp: "/" })],
  });
}
`;

const EXPECTED = {
  protocol: 5,
  wires: ['2["x","a"]', '61-/admin,1[{"_placeholder":true,"num":0},"d"]', 2],
  seen: [
    ["EVENT", "/", null, ["x", "b"]],
    ["ACK", "/admin", 1, [[1, 2], "d"]],
  ],
  refused: true,
  validity: [true, false],
};

const PROGRAMS: Readonly<Record<string, string>> = {
  "imported.mjs": `import * as parser from "socket.io-parser";${USE}console.log(use(parser));`,
  "required.cjs": `const parser = require("socket.io-parser");${USE}console.log(use(parser));`,
};

/** A bundle for browsers of a module in the project. */
async function bundle(contents: string, resolveDir: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "esm",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

describe("code written for socket.io-parser", () => {
  const projects = [
    ["the reference", projectWith(REFERENCE_FOLDER)],
    ["our package", projectWith(OUR_FOLDER)],
  ] as const;
  const [, [, ourProject]] = projects;
  after(() => {
    for (const [, project] of projects) project.remove();
  });

  for (const [name, { path }] of projects)
    for (const [file, program] of Object.entries(PROGRAMS))
      it(`runs with ${name}, ${file.replace(/\..*/, "")}`, () => {
        writeFileSync(join(path, file), program);
        expect(runPlain(file, path)).to.deep.equal(EXPECTED);
      });

  it("finds in our package every name that the reference has, whichever way it is loaded", async () => {
    const reference = Object.keys(await import("reference-socket.io-parser"));
    const program = `
      import { createRequire } from "node:module";
      import * as imported from "socket.io-parser";
      const required = createRequire(import.meta.url)("socket.io-parser");
      console.log(JSON.stringify(Object.keys(required).filter((name) => imported[name] === required[name])));`;
    writeFileSync(join(ourProject.path, "names.mjs"), program);
    expect(runPlain("names.mjs", ourProject.path)).to.include.members(reference);
  });

  it("runs in a browser's bundle of our package, where there is no Buffer and no process", async () => {
    const contents = `import * as parser from "socket.io-parser";${USE}globalThis.answer = use(parser);`;
    const page = { answer: "" };
    runInNewContext(await bundle(contents, ourProject.path), page);
    expect(JSON.parse(page.answer)).to.deep.equal(EXPECTED);
  });

  it("leaves out of a bundle what is there for old code alone", async () => {
    const lean = await bundle(
      `import { encode, PacketReader } from "socket.io-parser"; console.log(encode, PacketReader);`,
      ourProject.path,
    );
    for (const part of ["decoded", "must be", "listeners"]) expect(lean).not.to.include(part);
    expect(lean.length).to.be.below(7000);
  });
});

describe("code written for the types of socket.io-parser", function () {
  // Each case is a run of the compiler.
  this.timeout(60_000);
  const projects = [
    ["the reference's types", projectWith(REFERENCE_FOLDER)],
    ["our types", projectWith(OUR_FOLDER)],
  ] as const;
  after(() => {
    for (const [, project] of projects) project.remove();
  });

  for (const [name, { path }] of projects)
    for (const way of WAYS)
      it(`compiles with ${name} under ${way.title}`, () => {
        expect(faultsOf(way, FIXTURES_FOLDER, path)).to.equal("");
      });
});
