import { symlinkSync, writeFileSync } from "node:fs";
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
  { title: "node10, with the types of browsers", extension: ".ts", options: { ...NODE10, ...WITH_DOM } },
  { title: "node16, import, as a whole", options: NODE16, only: ["whole.mts"] },
  { title: "node16, require, as a whole", options: NODE16, only: ["whole.cts"] },
  { title: "node10, as a whole", extension: ".ts", options: NODE10, only: ["whole.cts"] },
];

const FIXTURES_FOLDER = join(import.meta.dirname, "parser-code");
const REFERENCE_FOLDER = resolve(PACKAGES_FOLDER, "../node_modules/reference-engine.io-parser");
const OUR_FOLDER = join(PACKAGES_FOLDER, "engine.io-parser");

/** A project where `engine.io-parser` is the package in `folder`. */
function projectWith(folder: string): ReturnType<typeof makeProject> {
  const project = makeProject();
  symlinkSync(folder, join(project.path, "node_modules/engine.io-parser"), "dir");
  return project;
}

/** Uses everything that `parser` has, and says what came of it. */
const USE = `
async function use(parser) {
  const wires = [];
  for (const supportsBinary of [true, false])
    parser.encodePacket({ type: "message", data: Uint8Array.of(1, 2) }, supportsBinary, (wire) => wires.push(String(wire)));
  parser.encodePayload([{ type: "message", data: "€" }, { type: "noop" }], (body) => wires.push(body));
  const bytes = parser.decodePacket("bAQI=", "arraybuffer").data;
  const encoder = parser.createPacketEncoderStream();
  const writer = encoder.writable.getWriter();
  writer.write({ type: "message", data: "€" });
  writer.write({ type: "message", data: Uint8Array.of(1, 2) });
  writer.close();
  const packets = [];
  const reader = encoder.readable.pipeThrough(parser.createPacketDecoderStream(1e6, "arraybuffer")).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read())
    packets.push([next.value.type, typeof next.value.data === "string" ? next.value.data : [...new Uint8Array(next.value.data)]]);
  return JSON.stringify({
    protocol: parser.protocol,
    wires,
    bytes: [...new Uint8Array(bytes)],
    payload: parser.decodePayload("4a\\x1ez"),
    packets,
  });
}
`;

const EXPECTED = {
  protocol: 4,
  wires: ["1,2", "bAQI=", "4€\x1e6"],
  bytes: [1, 2],
  payload: [
    { type: "message", data: "a" },
    { type: "error", data: "parser error" },
  ],
  packets: [
    ["message", "€"],
    ["message", [1, 2]],
  ],
};

const PROGRAMS: Readonly<Record<string, string>> = {
  "imported.mjs": `import * as parser from "engine.io-parser";${USE}use(parser).then(console.log);`,
  "required.cjs": `const parser = require("engine.io-parser");${USE}use(parser).then(console.log);`,
};

describe("code written for engine.io-parser", () => {
  const projects = [
    ["the reference", projectWith(REFERENCE_FOLDER)],
    ["our package", projectWith(OUR_FOLDER)],
  ] as const;
  after(() => {
    for (const [, project] of projects) project.remove();
  });

  for (const [name, { path }] of projects)
    for (const [file, program] of Object.entries(PROGRAMS))
      it(`runs with ${name}, ${file.replace(/\..*/, "")}`, () => {
        writeFileSync(join(path, file), program);
        const output = runPlain(file, path);
        expect(output).to.deep.equal(EXPECTED);
      });

  it("finds in our package every name that the reference has, whichever way it is loaded", async () => {
    const reference = Object.keys(await import("reference-engine.io-parser"));
    const program = `
      import { createRequire } from "node:module";
      import * as imported from "engine.io-parser";
      const required = createRequire(import.meta.url)("engine.io-parser");
      console.log(JSON.stringify(Object.keys(required).filter((name) => imported[name] === required[name])));`;
    const [, { path }] = projects[1];
    writeFileSync(join(path, "names.mjs"), program);
    const output = runPlain("names.mjs", path);
    expect(output).to.include.members(reference);
  });

  it("runs in a browser's bundle of our package, where there is no Buffer and no process", async () => {
    const [, { path }] = projects[1];
    const contents = `import * as parser from "engine.io-parser";${USE}globalThis.answer = use(parser);`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: path },
      bundle: true,
      write: false,
      platform: "browser",
      logLevel: "silent",
    });
    const page = { TextEncoder, TextDecoder, TransformStream, Blob, atob, btoa, answer: Promise.resolve("") };
    runInNewContext(outputFiles[0]?.text ?? "", page);
    expect(JSON.parse(await page.answer)).to.deep.equal(EXPECTED);
  });
});

describe("code written for the types of engine.io-parser", function () {
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
