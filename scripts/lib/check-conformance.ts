import { relative, sep } from "node:path";
import Mocha from "mocha";

/** A test as the table names it: the file it stands in, from the folder of the tests, and its full title. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
  readonly skipped: boolean;
}

export interface ConformanceRow {
  /** Where the row stands in the document. */
  readonly line: number;
  readonly number: string;
  readonly requirement: string;
  readonly tests: readonly Omit<NamedTest, "skipped">[];
  /** Why no test shows it. */
  readonly reason: string | undefined;
  /** What of its last cell is neither. */
  readonly unread: readonly string[];
}

export interface Verdict {
  readonly rows: number;
  readonly shown: number;
  readonly notOurs: number;
  /** A line for each fault, with the row it is in. */
  readonly faults: readonly string[];
}

const CELLS = ["number", "section", "requirement", "who", "shown by"];
const NUMBER = /^[A-Z]\d+(?:\.\d+)*-\d+$/;
const TEST = /^`([^`]+\.test\.ts)` (\S.*)$/;
const REASON = /^not ours: \S/;

/**
 * Reads the rows of every table whose first cell is a number such as W5.1-2. Cells are separated by bars; a bar inside
 * one is written `\|`. The last cell names tests, `<br>` between them, or gives a reason: "not ours: …".
 */
export function readRows(document: string): readonly ConformanceRow[] {
  return document.split("\n").flatMap((text, index) => {
    if (!text.startsWith("| ")) return [];
    const cells = splitCells(text);
    const [number = "", , requirement = "", , last = ""] = cells;
    if (!NUMBER.test(number) || cells.length !== CELLS.length)
      return isHead(number) ? [] : [brokenRow(index, text)];
    const parts = last.split("<br>").map((part) => part.trim());
    const tests = parts.flatMap((part) => {
      const [, file, title] = TEST.exec(part) ?? [];
      return file === undefined || title === undefined ? [] : [{ file, title }];
    });
    const reason = parts.find((part) => REASON.test(part));
    const unread = parts.filter((part) => part !== "" && !TEST.test(part) && !REASON.test(part));
    return [{ line: index + 1, number, requirement, tests, reason, unread }];
  });
}

/** Holds the rows against the tests there are. */
export function checkConformance(rows: readonly ConformanceRow[], tests: readonly NamedTest[]): Verdict {
  const byName = new Map(tests.map((test) => [nameOf(test), test]));
  const seen = new Map<string, number>();
  const faults = rows.flatMap((row) => {
    const earlier = seen.get(row.number);
    seen.set(row.number, row.line);
    return [
      ...(earlier === undefined ? [] : [`has the same number as line ${earlier}`]),
      ...faultsOf(row, byName),
    ].map((fault) => `line ${row.line}, ${row.number} "${row.requirement}": ${fault}`);
  });
  return {
    rows: rows.length,
    shown: rows.filter((row) => row.tests.length > 0).length,
    notOurs: rows.filter((row) => row.reason !== undefined).length,
    faults: rows.length === 0 ? ["there is not one row"] : faults,
  };
}

function faultsOf(row: ConformanceRow, byName: ReadonlyMap<string, NamedTest>): readonly string[] {
  if (row.unread.length > 0)
    return row.unread.map((part) => `"${part}" is neither a test nor a reason "not ours: …"`);
  if (row.reason !== undefined)
    return row.tests.length === 0 ? [] : ["names a test and is not ours; it is one or the other"];
  if (row.tests.length === 0) return ['names no test, and gives no reason "not ours: …"'];
  return row.tests.flatMap((test) => {
    const found = byName.get(nameOf(test));
    if (found === undefined) return [`there is no test "${test.title}" in ${test.file}`];
    return found.skipped ? [`its test "${test.title}" is skipped`] : [];
  });
}

/** Loads test files as mocha does, runs none, and gives the tests they define. Files are named from `folder`. */
export async function listTests(folder: string, files: readonly string[]): Promise<readonly NamedTest[]> {
  const mocha = new Mocha({ dryRun: true });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const tests: NamedTest[] = [];
  mocha.suite.eachTest((test: Mocha.Test) =>
    tests.push({
      file: relative(folder, test.file ?? "")
        .split(sep)
        .join("/"),
      title: test.fullTitle(),
      skipped: Boolean(test.isPending()),
    }),
  );
  return tests;
}

const nameOf = ({ file, title }: Omit<NamedTest, "skipped">): string => `${file}\n${title}`;

const splitCells = (row: string): readonly string[] =>
  row
    .replace(/^\| |\s*\|\s*$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

/** The table's head, and that of another table. */
const isHead = (firstCell: string): boolean => !/\d/.test(firstCell);

/** A row that cannot be read is a row that shows nothing. */
const brokenRow = (index: number, text: string): ConformanceRow => ({
  line: index + 1,
  number: "?",
  requirement: text.slice(0, 60),
  tests: [],
  reason: undefined,
  unread: ["the row does not have its five cells"],
});
