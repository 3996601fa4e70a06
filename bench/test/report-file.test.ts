import { expect } from "chai";
import { toReport } from "../src/report-file.ts";
import { selectJobs } from "../src/select-jobs.ts";
import { SUITES } from "../src/suites/index.ts";

describe("report of a run", () => {
  it("holds every round, the versions, and what became of each target", () => {
    const jobs = selectJobs(SUITES, ["ws-echo"], ["websocket", "ws", "net"]);
    const results = jobs.map(({ suite, scenario }) => ({
      suite,
      scenario,
      parameters: { connections: 100 },
      outcomes: new Map([
        ["websocket", { rounds: [{ cost: 8, operations: 1 }] }],
        ["ws", { rounds: [{ cost: 10, operations: 1 }] }],
        ["net", { failure: "3 answers missing" }],
      ]),
    }));
    const report = toReport(results, jobs, { rounds: 1, settings: { warmupMs: 1, durationMs: 2 } });
    expect(report.formatVersion).to.equal(2);
    expect(report.peers).to.include({ ws: "8.23.0", net: process.version });
    expect(report.scenarios).to.have.length(1);
    expect(report.scenarios[0]).to.deep.include({
      suite: "websocket",
      own: "websocket",
      reference: "ws",
      targets: [
        { target: { peer: "ws", ratio: 0.9 }, reached: { median: 0.8, min: 0.8, max: 0.8 }, met: true },
        { target: { peer: "net", ratio: 1.15 }, met: undefined },
      ],
    });
    expect(report.scenarios[0]?.peers.map(({ peer }) => peer)).to.deep.equal(["websocket", "ws", "net"]);
    expect(report.scenarios[0]?.peers[2]).to.deep.equal({ peer: "net", failure: "3 answers missing" });
  });
});
