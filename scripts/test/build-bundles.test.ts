import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import { expect } from "chai";
import { buildBundles } from "../lib/build-bundles.ts";
import { listPackages, type Package } from "../lib/workspace.ts";
import { packageFiles, removeTrees, writeTree } from "./fixture.ts";

const SOURCES = {
  "io.ts": `declare const TOWLINE_NO_DEBUG: boolean;
    if (!TOWLINE_NO_DEBUG) throw new Error("the debug code is in the bundle");
    export default function io(): number { return 7; }`,
  "bundle.ts": 'export { default } from "./io.ts";',
  "index.ts": 'export { default as io } from "./io.ts";',
};

describe("browser bundles", () => {
  let client: Package;

  beforeEach(() => {
    const [found] = listPackages(writeTree(packageFiles("socket.io-client", SOURCES)));
    if (found === undefined) throw new Error("the fixture holds no package");
    client = found;
  });

  afterEach(removeTrees);

  const read = (file: string) => readFileSync(join(client.path, "dist", file), "utf8");

  for (const file of ["socket.io.js", "socket.io.min.js"]) {
    it(`${file} sets the global io in a page`, async () => {
      await buildBundles(client);
      const page = vm.createContext({});
      vm.runInContext(read(file), page);
      expect(vm.runInContext("io()", page)).to.equal(7);
      expect(Object.keys(page)).to.deep.equal(["io"]);
    });

    it(`${file} is module.exports in CommonJS, and sets no global`, async () => {
      await buildBundles(client);
      const scope = vm.createContext({ module: { exports: {} } });
      vm.runInContext(read(file), scope);
      expect(vm.runInContext("module.exports()", scope)).to.equal(7);
      expect(scope).not.to.have.property("io");
    });

    it(`${file} defines itself with AMD`, async () => {
      await buildBundles(client);
      const scope = vm.createContext({});
      vm.runInContext(
        "var defined; function define(names, factory) { defined = factory(); } define.amd = {};",
        scope,
      );
      vm.runInContext(read(file), scope);
      expect(vm.runInContext("defined()", scope)).to.equal(7);
    });
  }

  it("names the version in its first line and the source map in its last", async () => {
    await buildBundles(client);
    for (const file of [
      "socket.io.js",
      "socket.io.min.js",
      "socket.io.esm.min.js",
      "socket.io.msgpack.min.js",
    ]) {
      const lines = read(file).trim().split("\n");
      expect(lines[0]).to.equal("/*! @towline/socket.io-client 1.2.3 | MIT License */");
      expect(lines.at(-1)).to.equal(`//# sourceMappingURL=${file}.map`);
      expect((JSON.parse(read(`${file}.map`)) as { sources: string[] }).sources).to.include("../src/io.ts");
    }
  });

  it("exports by name from the ESM bundle", async () => {
    await buildBundles(client);
    expect(read("socket.io.esm.min.js")).to.match(/export\{\w+ as io\}/);
  });

  it("leaves an unchanged bundle alone", async () => {
    expect(await buildBundles(client)).to.have.length(8);
    const before = statSync(join(client.path, "dist/socket.io.js"));
    expect(await buildBundles(client)).to.deep.equal([]);
    expect(statSync(join(client.path, "dist/socket.io.js")).mtimeMs).to.equal(before.mtimeMs);
  });
});
