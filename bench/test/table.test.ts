import { expect } from "chai";
import type { Outcome, ScenarioResult } from "../src/results.ts";
import { echo } from "../src/scenarios/echo.ts";
import { alignColumns, renderTable } from "../src/table.ts";

const NAMES = { reference: "socket.io", own: "towline" };

const rounds = (...costs: number[]): Outcome => ({
  rounds: costs.map((cost) => ({
    cost,
    operations: 1000,
    operationsPerSecond: 1e6 / cost,
    generatorMicros: 1,
  })),
});

const result = (outcomes: Record<string, Outcome>): ScenarioResult => ({
  scenario: echo,
  parameters: {},
  outcomes: new Map(Object.entries(outcomes)),
});

describe("table", () => {
  it("aligns names to the left and figures to the right", () => {
    const lines = alignColumns([
      ["a", "bbb", "1"],
      ["aaaa", "b", "100"],
      ["a", "b"],
    ]);
    expect(lines).to.deep.equal(["a     bbb    1", "aaaa  b    100", "a     b"]);
  });

  it("shows medians, spread, the ratio taken round by round, and the target", () => {
    // Slow and fast rounds hit both alike: the ratio holds although the costs spread.
    const lines = renderTable(
      [result({ towline: rounds(10, 20, 15), "socket.io": rounds(20, 40, 30) })],
      NAMES,
    );
    expect(lines).to.deep.equal([
      "echo: 100 connections, 1 message in flight each, 32 bytes",
      "",
      "scenario  peer       µs/message    min–max  × socket.io    min–max  per second",
      "echo      towline          15.0  10.0–20.0         0.50  0.50–0.50      66,667",
      "echo      socket.io        30.0  20.0–40.0         1.00  1.00–1.00      33,333",
      "echo      target                                 ≤ 0.55        met",
      "",
    ]);
  });

  it("says that a target is missed", () => {
    const lines = renderTable([result({ towline: rounds(20), "socket.io": rounds(30) })], NAMES);
    expect(lines.find((line) => line.includes("target"))).to.match(/≤ 0\.55\s+missed$/);
  });

  it("gives no ratio and no verdict without the reference", () => {
    const lines = renderTable([result({ towline: rounds(20) })], NAMES);
    expect(lines.find((line) => line.includes("towline"))).to.match(/20\.0\s+20\.0–20\.0\s+–\s+–\s+50,000$/);
    expect(lines.find((line) => line.includes("target"))).to.match(/≤ 0\.55\s+–$/);
  });

  it("gives a peer that failed no figure, and the reason below", () => {
    const lines = renderTable(
      [result({ towline: { failure: "3 answers missing" }, "socket.io": rounds(30) })],
      NAMES,
    );
    expect(lines).to.include("towline has no figure: 3 answers missing");
    expect(lines.find((line) => line.includes("no figure"))).to.match(/^echo\s+towline\s+no figure$/);
  });

  it("keeps three significant digits of small figures", () => {
    const lines = renderTable([result({ net: rounds(0.2714) })], NAMES);
    expect(lines.find((line) => line.includes("net"))).to.contain(" 0.271 ");
  });
});
