import { join } from "node:path";
import { expect } from "chai";
import { checkConformance, listTests, readRows } from "../lib/check-conformance.ts";
import { removeTrees, writeTree } from "./fixture.ts";

const HEAD = "| no. | § | requirement | who | shown by |\n|---|---|---|---|---|\n";
const TESTS = [
  { file: "a.test.ts", title: "suite does this", skipped: false },
  { file: "a.test.ts", title: "suite does a|b", skipped: false },
  { file: "b/c.test.ts", title: "other is skipped", skipped: true },
];

const check = (...rows: readonly string[]) =>
  checkConformance(readRows(`# Title\n\n${HEAD}${rows.join("\n")}\n`), TESTS);
const row = (number: string, shownBy: string) => `| ${number} | §1 | be good | both | ${shownBy} |`;

describe("conformance check", () => {
  it("counts rows that tests show and rows that are not ours", () => {
    const verdict = check(
      row("W1-1", "`a.test.ts` suite does this"),
      row("W1-2", "`a.test.ts` suite does this<br>`a.test.ts` suite does a\\|b"),
      row("D7.1.2-3", "not ours: browsers do it"),
    );
    expect(verdict).to.deep.equal({ rows: 3, shown: 2, notOurs: 1, faults: [] });
  });

  const FAULTS: readonly [name: string, rows: readonly string[], fault: string][] = [
    [
      "a test that does not exist",
      [row("W1-1", "`a.test.ts` suite does that")],
      'line 5, W1-1 "be good": there is no test "suite does that" in a.test.ts',
    ],
    [
      "a test of another file",
      [row("W1-1", "`b/c.test.ts` suite does this")],
      'line 5, W1-1 "be good": there is no test "suite does this" in b/c.test.ts',
    ],
    [
      "the second of two tests",
      [row("W1-1", "`a.test.ts` suite does this<br>`a.test.ts` none")],
      'line 5, W1-1 "be good": there is no test "none" in a.test.ts',
    ],
    [
      "a test that is skipped",
      [row("W1-1", "`b/c.test.ts` other is skipped")],
      'line 5, W1-1 "be good": its test "other is skipped" is skipped',
    ],
    [
      "neither test nor reason",
      [row("W1-1", "")],
      'line 5, W1-1 "be good": names no test, and gives no reason "not ours: …"',
    ],
    [
      "a reason that says nothing",
      [row("W1-1", "not ours:")],
      'line 5, W1-1 "be good": "not ours:" is neither a test nor a reason "not ours: …"',
    ],
    [
      "words that are no test beside one that is",
      [row("W1-1", "`a.test.ts` suite does this<br>suite does this")],
      'line 5, W1-1 "be good": "suite does this" is neither a test nor a reason "not ours: …"',
    ],
    [
      "both a test and a reason",
      [row("W1-1", "`a.test.ts` suite does this<br>not ours: really")],
      'line 5, W1-1 "be good": names a test and is not ours; it is one or the other',
    ],
    [
      "two rows of one number",
      [row("W1-1", "not ours: x"), row("W1-1", "not ours: y")],
      'line 6, W1-1 "be good": has the same number as line 5',
    ],
    [
      "a row without all its cells",
      ["| W1-1 | §1 | be good | `a.test.ts` suite does this |"],
      'line 5, ? "| W1-1 | §1 | be good | `a.test.ts` suite does this |": "the row does not have its five cells" is neither a test nor a reason "not ours: …"',
    ],
  ];
  for (const [name, rows, fault] of FAULTS)
    it(`finds ${name}, and names the row`, () => {
      expect(check(...rows).faults).to.deep.equal([fault]);
    });

  it("fails on a document without rows", () => {
    expect(check().faults).to.deep.equal(["there is not one row"]);
  });

  describe("with test files", () => {
    afterEach(removeTrees);

    it("lists their tests as mocha has them, titles made at run time and skipped ones too, and runs none", async () => {
      const root = writeTree({
        "x.test.ts": `for (const n of [1, 2]) describe("suite " + n, () => { before(() => { throw new Error("ran"); });
          it(\`does \${n + 1}\`, () => { throw new Error("ran"); }); });`,
        "deep/y.test.ts": `describe("more", () => { it.skip("later", () => {}); describe.skip("all", () => it("of it", () => {})); });`,
      });
      const files = [join(root, "x.test.ts"), join(root, "deep/y.test.ts")];
      expect(await listTests(root, files)).to.deep.equal([
        { file: "x.test.ts", title: "suite 1 does 2", skipped: false },
        { file: "x.test.ts", title: "suite 2 does 3", skipped: false },
        { file: "deep/y.test.ts", title: "more later", skipped: true },
        { file: "deep/y.test.ts", title: "more all of it", skipped: true },
      ]);
    });
  });
});
