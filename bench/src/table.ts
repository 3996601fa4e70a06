import {
  isMet,
  limitOf,
  type PeerSummary,
  type ScenarioResult,
  summarisePeers,
  summariseTargets,
  type TargetSummary,
} from "./results.ts";
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

const ratioFigure = (value: number): string => value.toFixed(2);

/** The median and the range, as two cells. */
function spreadCells(spread: Spread | undefined, format: (value: number) => string): Cells {
  if (spread === undefined) return [ABSENT, ABSENT];
  return [format(spread.median), `${format(spread.min)}–${format(spread.max)}`];
}

function peerCells(scenario: string, summary: PeerSummary): Cells {
  if ("failure" in summary) return [scenario, summary.peer, "no figure"];
  if ("absence" in summary) return [scenario, summary.peer, "left out"];
  const { peer, cost, ratio, operationsPerSecond } = summary;
  return [
    scenario,
    peer,
    ...spreadCells(cost, figure),
    ...spreadCells(ratio, ratioFigure),
    operationsPerSecond === undefined ? ABSENT : Math.round(operationsPerSecond.median).toLocaleString("en"),
  ];
}

function targetCells(scenario: string, unit: string, summary: TargetSummary): Cells {
  const { target, reached } = summary;
  const format = "peer" in target ? ratioFigure : figure;
  const met = isMet(summary);
  return [
    scenario,
    `≤ ${format(limitOf(target))} ${"peer" in target ? `× ${target.peer}` : unit}`,
    ...spreadCells(reached, format),
    met === undefined ? ABSENT : met ? "met" : "missed",
  ];
}

const reasons = (summary: PeerSummary): string[] => {
  if ("failure" in summary) return [`${summary.peer} has no figure: ${summary.failure}`, ""];
  if ("absence" in summary) return [`${summary.peer} left out: ${summary.absence}`, ""];
  return [];
};

/** One result as lines of text: a row for each peer, a row for each target, then why a peer has no figure. */
function renderResult(result: ScenarioResult): string[] {
  const { name, summary, unit } = result.scenario;
  const peers = summarisePeers(result);
  const peerHeader = [
    "scenario",
    "peer",
    unit,
    "min–max",
    `× ${result.suite.reference.name}`,
    "min–max",
    "per second",
  ];
  const targets = summariseTargets(result);
  const targetHeader = ["scenario", `target for ${result.suite.own.name}`, "reached", "min–max"];
  const targetRows = [targetHeader, ...targets.map((target) => targetCells(name, unit, target))];
  return [
    `${name}: ${summary}`,
    "",
    ...alignColumns([peerHeader, ...peers.map((peer) => peerCells(name, peer))]),
    "",
    ...(targets.length === 0 ? [] : [...alignColumns(targetRows), ""]),
    ...peers.flatMap(reasons),
  ];
}

/** The results as lines of text. */
export const renderTable = (results: readonly ScenarioResult[]): string[] => results.flatMap(renderResult);
