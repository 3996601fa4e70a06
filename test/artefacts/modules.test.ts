import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { builtPackages, makeProject } from "../support/built-packages.ts";

interface Loaded {
  readonly required: readonly string[];
  readonly imported: readonly string[];
  /** Exports that are not the same object whichever way the package is loaded. */
  readonly different: readonly string[];
  readonly from: string;
  /** Whether the module itself is a class, whose own statics are there too for `require`. */
  readonly isClass: boolean;
}

/** Loads each package both ways. Runs in a plain Node: no loader, no export condition. */
const PROGRAM = `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const found = {};
for (const name of process.argv.slice(2)) {
  const required = require(name);
  const imported = await import(name);
  found[name] = {
    required: Object.keys(required).sort(),
    imported: Object.keys(imported).sort(),
    different: Object.keys(imported).filter((key) => imported[key] !== required[key]),
    from: require.resolve(name),
    isClass: /^class\\b/.test(String(required)),
  };
}
console.log(JSON.stringify(found));
`;

describe("built packages in Node", () => {
  const names = builtPackages();
  const project = makeProject();
  let loaded: Readonly<Record<string, Loaded>>;

  before(() => {
    writeFileSync(join(project.path, "load.mjs"), PROGRAM);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const output = execFileSync(process.execPath, ["load.mjs", ...names], {
      cwd: project.path,
      env,
      encoding: "utf8",
    });
    loaded = JSON.parse(output) as Record<string, Loaded>;
  });

  after(() => project.remove());

  for (const name of names)
    it(`${name} gives import and require the same exports, one instance of each`, () => {
      const { required, imported, different, from, isClass } = loaded[name] ?? expect.fail("not loaded");
      expect(from).to.match(/[\\/]dist[\\/]cjs[\\/]index\.js$/);
      if (isClass) expect(required).to.include.members(imported);
      else expect(imported).to.have.members(required);
      expect(imported).not.to.have.length(0);
      expect(different).to.deep.equal([]);
    });
});
