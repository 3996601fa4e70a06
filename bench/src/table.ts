import { type PeerSummary, type ScenarioResult, summarise } from "./results.ts";
import type { Spread } from "./statistics.ts";

type Cells = readonly string[];

const ABSENT = "–";
const FIRST_COLUMNS_ALIGNED_LEFT = 2;

/** Lays `rows` out in columns two blanks apart: the first two to the left, figures to the right. */
export function alignColumns(rows: readonly Cells[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < FIRST_COLUMNS_ALIGNED_LEFT
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** Three significant digits, or all digits before the point. */
function figure(value: number): string {
  const digits = value === 0 ? 2 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}

const range = ({ min, max }: Spread, format: (value: number) => string): string =>
  `${format(min)}–${format(max)}`;

const ratioFigure = (value: number): string => value.toFixed(2);

function peerCells(scenario: string, summary: PeerSummary): Cells {
  if ("failure" in summary) return [scenario, summary.peer, "no figure"];
  const { peer, cost, ratio, operationsPerSecond } = summary;
  return [
    scenario,
    peer,
    figure(cost.median),
    range(cost, figure),
    ratio === undefined ? ABSENT : ratioFigure(ratio.median),
    ratio === undefined ? ABSENT : range(ratio, ratioFigure),
    Math.round(operationsPerSecond.median).toLocaleString("en"),
  ];
}

/** Says whether our own server met the target, where it and the reference were measured. */
function verdict(summaries: readonly PeerSummary[], ownName: string, targetRatio: number): string {
  const own = summaries.find(({ peer }) => peer === ownName);
  if (own === undefined || "failure" in own || own.ratio === undefined) return ABSENT;
  return own.ratio.median <= targetRatio ? "met" : "missed";
}

/** The results as lines of text: a row for each peer and one for the target, then why a peer has no figure. */
export function renderTable(
  results: readonly ScenarioResult[],
  names: { readonly reference: string; readonly own: string },
): string[] {
  const lines: string[] = [];
  for (const result of results) {
    const { name, summary, unit, targetRatio } = result.scenario;
    const summaries = summarise(result, names.reference);
    const header = ["scenario", "peer", unit, "min–max", `× ${names.reference}`, "min–max", "per second"];
    const target = [
      name,
      "target",
      "",
      "",
      `≤ ${ratioFigure(targetRatio)}`,
      verdict(summaries, names.own, targetRatio),
    ];
    lines.push(
      `${name}: ${summary}`,
      "",
      ...alignColumns([header, ...summaries.map((peer) => peerCells(name, peer)), target]),
      "",
    );
    for (const peer of summaries)
      if ("failure" in peer) lines.push(`${peer.peer} has no figure: ${peer.failure}`, "");
  }
  return lines;
}
