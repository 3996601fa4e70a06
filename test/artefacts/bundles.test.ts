import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import { expect } from "chai";
import { PACKAGES_FOLDER } from "../support/built-packages.ts";

const CLIENT = join(PACKAGES_FOLDER, "socket.io-client");
const UMD = ["socket.io.js", "socket.io.min.js", "socket.io.msgpack.min.js"];
const ALL = [...UMD, "socket.io.esm.min.js"];

const read = (file: string): string => {
  const path = join(CLIENT, "dist", file);
  if (!existsSync(path))
    throw new Error(`${file} is not built. Run \`npm run build -- --only bundles\` first.`);
  return readFileSync(path, "utf8");
};

const sourcesOf = (file: string): readonly string[] =>
  (JSON.parse(read(`${file}.map`)) as { sources: string[] }).sources;

/** What a page has before it is asked for anything: the bundle must need no more to load. */
const bareScope = (more: object = {}) => vm.createContext({ ...more });

describe("browser bundles of the client", () => {
  for (const file of UMD) {
    it(`${file} sets the global io, callable, with the rest of the API on it`, () => {
      const page = bareScope();
      vm.runInContext(read(file), page);
      expect(
        vm.runInContext(
          "[typeof io, ...['Manager', 'Socket', 'connect', 'protocol'].map((key) => typeof io[key])].join()",
          page,
        ),
      ).to.equal("function,function,function,function,number");
    });

    it(`${file} is the same function in CommonJS`, () => {
      const scope = bareScope({ module: { exports: {} } });
      vm.runInContext(read(file), scope);
      expect(vm.runInContext("typeof module.exports", scope)).to.equal("function");
      expect(vm.runInContext("typeof module.exports.Manager", scope)).to.equal("function");
    });
  }

  it("socket.io.esm.min.js exports the API by name and io by default", () => {
    const [, list = ""] = /export\s*\{([^}]*)\}/.exec(read("socket.io.esm.min.js")) ?? [];
    const exported = list.split(",").map((item) => item.split(" as ").at(-1)?.trim());
    expect(exported).to.include.members(["default", "io", "connect", "Manager", "Socket", "protocol"]);
  });

  for (const file of ALL) {
    it(`${file} names its version first and its source map last`, () => {
      const lines = read(file).trim().split("\n");
      expect(lines[0]).to.match(/^\/\*! @towline\/socket\.io-client \d+\.\d+\.\d+ \| MIT License \*\/$/);
      expect(lines.at(-1)).to.equal(`//# sourceMappingURL=${file}.map`);
    });

    it(`${file} holds browser code only: no debug, nothing for Node`, () => {
      const sources = sourcesOf(file);
      expect(sources.some((path) => path.endsWith("engine.io-client/src/platform.browser.ts"))).to.equal(
        true,
      );
      expect(sources.filter((path) => /\/(debug|websocket)\/|\/platform\.ts$/.test(path))).to.deep.equal([]);
    });
  }
});
