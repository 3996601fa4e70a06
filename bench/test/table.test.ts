import { expect } from "chai";
import type { Outcome, ScenarioResult } from "../src/results.ts";
import { echo } from "../src/scenarios/echo.ts";
import { engineIdleHeapPolling } from "../src/scenarios/engine-idle-heap-polling.ts";
import type { Scenario } from "../src/scenarios/scenario.ts";
import { wsEcho } from "../src/scenarios/ws-echo.ts";
import { wsIdleHeap } from "../src/scenarios/ws-idle-heap.ts";
import { engineSuite } from "../src/suites/engine.ts";
import { socketIoSuite } from "../src/suites/socket.io.ts";
import type { Suite } from "../src/suites/suite.ts";
import { websocketSuite } from "../src/suites/websocket.ts";
import { alignColumns, renderTable } from "../src/table.ts";

const rounds = (...costs: number[]): Outcome => ({
  rounds: costs.map((cost) => ({
    cost,
    operations: 1000,
    operationsPerSecond: 1e6 / cost,
    generatorMicros: 1,
  })),
});

const render = (suite: Suite, scenario: Scenario, outcomes: Record<string, Outcome>): string[] => {
  const result: ScenarioResult = {
    suite,
    scenario,
    parameters: {},
    outcomes: new Map(Object.entries(outcomes)),
  };
  return renderTable([result]);
};
const renderEcho = (outcomes: Record<string, Outcome>) => render(socketIoSuite, echo, outcomes);
const rowOf = (lines: readonly string[], word: string) => lines.find((line) => line.includes(word));

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
    const lines = renderEcho({ towline: rounds(10, 20, 15), "socket.io": rounds(20, 40, 30) });
    expect(lines).to.deep.equal([
      "echo: 100 connections, 1 message in flight each, 32 bytes",
      "",
      "scenario  peer       µs/message    min–max  × socket.io    min–max  per second",
      "echo      towline          15.0  10.0–20.0         0.50  0.50–0.50      66,667",
      "echo      socket.io        30.0  20.0–40.0         1.00  1.00–1.00      33,333",
      "",
      "scenario  target for towline  reached    min–max",
      "echo      ≤ 0.55 × socket.io     0.50  0.50–0.50  met",
      "",
    ]);
  });

  it("has a row for each target, against the peer that it names", () => {
    const lines = render(websocketSuite, wsEcho, {
      websocket: rounds(8, 12, 9),
      ws: rounds(10, 10, 10),
      net: rounds(4, 6, 6),
    });
    expect(rowOf(lines, "≤ 0.90 × ws")).to.match(/ 0\.90 {2}0\.80–1\.20 +met$/);
    expect(rowOf(lines, "≤ 1.15 × net")).to.match(/ 2\.00 {2}1\.50–2\.00 +missed$/);
  });

  it("has a row for a target that stands for itself, without any other peer", () => {
    const idle = { rounds: [{ cost: 1.94, operations: 5000 }] };
    const lines = render(websocketSuite, wsIdleHeap, { websocket: idle });
    expect(rowOf(lines, "≤ 2.00 KB/connection")).to.match(/ 1\.94 {2}1\.94–1\.94 +met$/);
    expect(rowOf(lines, "ws-idle-heap  websocket")).to.match(/ 1\.94 +1\.94–1\.94 +– +– +–$/);
  });

  it("has no table of targets where there is none", () => {
    const idle = { rounds: [{ cost: 7.5, operations: 5000 }] };
    const lines = render(engineSuite, engineIdleHeapPolling, { engine: idle });
    expect(rowOf(lines, "target")).to.equal(undefined);
    expect(lines.at(-1)).to.equal("");
    expect(lines.at(-2)).to.match(/^engine-idle-heap-polling {2}engine /);
  });

  it("says that a target is missed", () => {
    const lines = renderEcho({ towline: rounds(20), "socket.io": rounds(30) });
    expect(rowOf(lines, "≤ 0.55")).to.match(/ 0\.67 .* missed$/);
  });

  it("gives no ratio and no verdict without the reference", () => {
    const lines = renderEcho({ towline: rounds(20) });
    expect(rowOf(lines, "echo      towline")).to.match(/20\.0\s+20\.0–20\.0\s+–\s+–\s+50,000$/);
    expect(rowOf(lines, "≤ 0.55")).to.match(/socket\.io\s+–\s+–\s+–$/);
  });

  it("gives a peer that failed no figure, and the reason below", () => {
    const lines = renderEcho({ towline: { failure: "3 answers missing" }, "socket.io": rounds(30) });
    expect(lines).to.include("towline has no figure: 3 answers missing");
    expect(rowOf(lines, "no figure")).to.match(/^echo\s+towline\s+no figure$/);
  });

  it("says in one line that a peer cannot run here", () => {
    const lines = render(websocketSuite, wsEcho, {
      ws: rounds(10),
      uws: { absence: "uWebSockets.js is not installed" },
    });
    expect(lines).to.include("uws left out: uWebSockets.js is not installed");
    expect(rowOf(lines, "left out")).to.match(/^ws-echo\s+uws\s+left out$/);
  });

  it("keeps three significant digits of small figures", () => {
    expect(rowOf(renderEcho({ net: rounds(0.2714) }), "net")).to.contain(" 0.271 ");
  });
});
