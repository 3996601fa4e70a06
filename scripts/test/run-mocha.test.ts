import { join } from "node:path";
import { expect } from "chai";
import { type MochaRun, runMocha } from "../lib/run-mocha.ts";
import { removeTrees, writeTree } from "./fixture.ts";

describe("mocha suites", () => {
  const printed: string[] = [];

  const run = (test: string, more: Partial<MochaRun> = {}) => {
    const root = writeTree({ "some.test.ts": test });
    const say = (line: string) => void printed.push(line);
    return runMocha({ root, files: [join(root, "some.test.ts")], quiet: true, say, ...more });
  };

  afterEach(() => {
    printed.length = 0;
    removeTrees();
  });

  it("counts passed, failed and skipped tests", async () => {
    const test = `describe("d", () => { it("a", () => {}); it("b", () => { throw new Error("no"); }); it.skip("c", () => {}); });`;
    expect(await run(test)).to.deep.equal({ passed: 1, failed: 1, skipped: 1 });
  });

  it("counts a suite without any test as a failure", async () => {
    expect(await run("")).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(printed.join()).to.contain("not one test in 1 files");
  });

  it("counts a suite without any file as a failure", async () => {
    expect(await run("", { files: [] })).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(printed.join()).to.contain("there are no test files");
  });

  it("lets --grep choose no test at all", async () => {
    const test = `it("a", () => {});`;
    expect(await run(test, { grep: "something else" })).to.deep.equal({ passed: 0, failed: 0, skipped: 0 });
  });

  it("counts a process that crashes as a failure", async () => {
    expect(await run("process.exit(7);")).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(printed.join()).to.contain("ended early, with code 7");
  });

  it("counts a process that leaves something open as a failure, and ends it", async () => {
    const test = `it("a", () => { setInterval(() => {}, 1000); });`;
    expect(await run(test, { lingerMs: 100 })).to.deep.equal({ passed: 1, failed: 1, skipped: 0 });
    expect(printed.join()).to.contain("left something open");
  });

  it("ends a process that never comes to its end", async () => {
    const test = `it("a", () => { for (;;); });`;
    expect(await run(test, { limitMs: 2000 })).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(printed.join()).to.contain("did not finish within 2 s");
  });

  it("refuses a test that .only would let run alone", async () => {
    expect(await run(`it.only("a", () => {});`)).to.deep.include({ failed: 1 });
  });
});
