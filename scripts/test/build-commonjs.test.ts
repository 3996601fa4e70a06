import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { buildCommonJs } from "../lib/build-commonjs.ts";
import { listPackages } from "../lib/workspace.ts";
import { packageFiles, removeTrees, writeTree } from "./fixture.ts";

describe("CommonJS build", () => {
  afterEach(removeTrees);

  /** Builds a package, then prints what `program` finds in it, in a Node without any loader. */
  const inNode = async (sources: Record<string, string>, program: string) => {
    const root = writeTree(packageFiles("x", sources));
    for (const found of listPackages(root)) await buildCommonJs(found);
    const head = `const { createRequire } = await import("node:module");
      const required = createRequire(${JSON.stringify(join(root, "from.js"))})("./packages/x/dist/cjs/index.js");
      const imported = await import(${JSON.stringify(join(root, "packages/x/dist/index.mjs"))});`;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const args = ["--input-type=module", "-e", `${head}\nconsole.log(JSON.stringify(${program}))`];
    return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" })) as unknown;
  };

  it("gives import and require the same class", async () => {
    const sources = {
      "index.ts": 'export { Thing } from "./thing.ts";',
      "thing.ts": "export class Thing {}",
    };
    const program = "[Object.keys(imported), Object.keys(required), imported.Thing === required.Thing]";
    expect(await inNode(sources, program)).to.deep.equal([["Thing"], ["Thing"], true]);
  });

  it("makes a callable default export the module itself for require, with the named exports on it", async () => {
    const sources = { "index.ts": "export default function io() { return 7; }\nexport const protocol = 5;" };
    const program =
      "[required(), required.protocol, imported.default === required, required.default === required, imported.protocol]";
    expect(await inNode(sources, program)).to.deep.equal([7, 5, true, true, 5]);
  });

  it("declares the class for require, and the exports beside it, when the default export is a class", async () => {
    const root = writeTree({
      ...packageFiles("x", { "index.ts": "export default class Thing {}" }),
      "packages/x/dist/esm/index.d.ts": "export default class Thing {}\n",
      "packages/x/dist/esm/other.d.ts": "export {};\n",
    });
    for (const found of listPackages(root)) await buildCommonJs(found);
    const declared = (name: string) => readFileSync(join(root, "packages/x/dist/cjs", name), "utf8");
    expect(declared("index.d.ts")).to.match(/export = Thing;\n$/);
    expect(declared("index.exports.d.ts")).to.equal("export default class Thing {}\n");
    expect(declared("../index.d.mts")).to.equal(
      'export * from "./cjs/index.exports.js";\nexport { default } from "./cjs/index.js";\n',
    );
    expect(declared("other.d.ts")).to.equal("export {};\n");
  });

  it("chooses the Node side of #platform", async () => {
    const root = writeTree(
      packageFiles("x", {
        "index.ts": 'export { side } from "#platform";',
        "platform.ts": 'export const side = "node";',
        "platform.browser.ts": 'export const side = "browser";',
        "../package.json": JSON.stringify({
          name: "x",
          version: "1.0.0",
          imports: {
            "#platform": {
              "towline-source": { browser: "./src/platform.browser.ts", default: "./src/platform.ts" },
            },
          },
        }),
      }),
    );
    for (const found of listPackages(root)) await buildCommonJs(found);
    const program = `console.log(require(${JSON.stringify(join(root, "packages/x/dist/cjs/index.js"))}).side)`;
    expect(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }).trim()).to.equal("node");
  });

  it("gives import.meta.url its value in CommonJS too", async () => {
    const found = await inNode(
      { "index.ts": "export const url = import.meta.url;" },
      "[imported.url, required.url]",
    );
    for (const url of found as string[]) expect(url).to.match(/^file:.*\/packages\/x\/dist\/cjs\/index\.js$/);
  });
});
