import { wholeNumber } from "@towline/core";
import { expect } from "chai";
import { formatTable, updateOptionTables } from "../lib/option-tables.ts";
import { packageFiles, removeTrees, writeTree } from "./fixture.ts";

const SOURCE = `
const check = () => undefined;
export const DOOR_OPTIONS = {
  width: { default: 90, doc: "Its width.", check },
  locked: { default: false, doc: "Whether it is locked.", check },
  onPush: { default: undefined, doc: "Called at each push.", check },
};
export const DEFAULT_WIDTH = 90;
export const SIZES = { small: 1 };
export const EMPTY = {};
`;

const FILE = "packages/x/src/door-options.ts";

const WIDTH = "| `width` | 90 | Its width. |";
const LOCKED = "| `locked` | `false` | Whether it is locked. |";
const ON_PUSH = "| `onPush` | | Called at each push. |";

/** A document with one block, which names `marker` and holds `rows`. */
const documentOf = (marker: string, ...rows: readonly string[]): string => {
  const table = rows.length === 0 ? [] : ["| option | default | |", "| --- | --- | --- |", ...rows];
  return ["# Title", `<!-- options:${marker} -->`, ...table, "<!-- /options -->", "the end\n"].join("\n");
};

const update = (text: string) =>
  updateOptionTables(text, writeTree(packageFiles("x", { "door-options.ts": SOURCE })));

const formatDefault = (fallback: unknown): string => {
  const rule = { default: fallback, doc: "Doc.", check: () => undefined };
  return formatTable({ key: rule }).split("\n")[2] ?? "";
};

describe("option tables", () => {
  afterEach(removeTrees);

  it("writes a row for each option of the table that a marker names", async () => {
    const marker = `${FILE}#DOOR_OPTIONS`;
    expect(await update(documentOf(marker))).to.deep.equal({
      text: documentOf(marker, WIDTH, LOCKED, ON_PUSH),
      faults: [`${marker}: its options block is stale`],
    });
  });

  it("finds nothing to do in a fresh document", async () => {
    const fresh = documentOf(`${FILE}#DOOR_OPTIONS`, WIDTH, LOCKED, ON_PUSH);
    expect(await update(fresh)).to.deep.equal({ text: fresh, faults: [] });
  });

  it("reports a row that is no longer what the table says", async () => {
    const marker = `${FILE}#DOOR_OPTIONS`;
    const { text, faults } = await update(documentOf(marker, WIDTH.replace("90", "80"), LOCKED, ON_PUSH));
    expect(text).to.equal(documentOf(marker, WIDTH, LOCKED, ON_PUSH));
    expect(faults).to.deep.equal([`${marker}: its options block is stale`]);
  });

  it("leaves options out", async () => {
    const marker = `${FILE}#DOOR_OPTIONS without width onPush`;
    expect((await update(documentOf(marker))).text).to.equal(documentOf(marker, LOCKED));
  });

  it("chooses options, in the table's order", async () => {
    const marker = `${FILE}#DOOR_OPTIONS only locked width`;
    expect((await update(documentOf(marker))).text).to.equal(documentOf(marker, WIDTH, LOCKED));
  });

  for (const [marker, fault] of [
    [`${FILE}#WINDOW_OPTIONS`, "the file exports no such table of options"],
    [`${FILE}#DEFAULT_WIDTH`, "the file exports no such table of options"],
    [`${FILE}#SIZES`, "the file exports no such table of options"],
    [`${FILE}#EMPTY`, "the file exports no such table of options"],
    ["packages/x/src/gone.ts#DOOR_OPTIONS", "there is no such file"],
    [`${FILE}#DOOR_OPTIONS only width height`, "the table has no option height"],
    [`${FILE}#DOOR_OPTIONS without toString`, "the table has no option toString"],
    [`${FILE}#DOOR_OPTIONS but width`, 'must be "FILE#TABLE"'],
    [`${FILE}#DOOR_OPTIONS only`, 'must be "FILE#TABLE"'],
    [FILE, 'must be "FILE#TABLE"'],
  ] as const) {
    it(`refuses the marker ${marker} and keeps its block`, async () => {
      const before = documentOf(marker, WIDTH);
      const { text, faults } = await update(before);
      expect(text).to.equal(before);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.contain(`${marker}: ${fault}`);
      expect(faults[0]).to.contain("correct the marker");
    });
  }

  for (const [fallback, cell] of [
    [104_857_600, "104857600"],
    [Number.POSITIVE_INFINITY, "`Infinity`"],
    [true, "`true`"],
    ["/engine.io", "`/engine.io`"],
    ["", '`""`'],
    [["polling", "websocket"], "`polling`, `websocket`"],
    [{ level: 1 }, '`{"level":1}`'],
    [null, "`null`"],
  ] as const) {
    it(`writes a default as ${cell}`, () => {
      expect(formatDefault(fallback)).to.equal(`| \`key\` | ${cell} | Doc. |`);
    });
  }

  for (const [title, fallback] of [
    ["no default", undefined],
    ["a function", () => 1],
    ["an empty object", {}],
    ["an empty list", []],
  ] as const) {
    it(`leaves the cell empty for ${title}`, () => {
      expect(formatDefault(fallback)).to.equal("| `key` | | Doc. |");
    });
  }

  it("escapes the bars in a sentence", () => {
    expect(formatTable({ key: wholeNumber(1, "Takes `a | b`.") })).to.contain("| 1 | Takes `a \\| b`. |");
  });
});
