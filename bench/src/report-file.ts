import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { REFERENCE_PEER } from "./peers/index.ts";
import type { Peer } from "./peers/peer.ts";
import { type ScenarioResult, summarise } from "./results.ts";
import type { Plan } from "./run.ts";

const require = createRequire(import.meta.url);

function versionOf({ package: name }: Peer): string {
  if (name === undefined) return process.version;
  const manifest = require(`${name}/package.json`) as { readonly version: string };
  return manifest.version;
}

/** Everything a script may want to know of a run: what was measured, on what, and every round's figures. */
export function toReport(results: readonly ScenarioResult[], plan: Plan) {
  return {
    formatVersion: 1,
    finishedAt: new Date().toISOString(),
    machine: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
    },
    parameters: { rounds: plan.rounds, ...plan.settings },
    reference: REFERENCE_PEER.name,
    peers: Object.fromEntries(plan.peers.map((peer) => [peer.name, versionOf(peer)])),
    scenarios: results.map((result) => ({
      name: result.scenario.name,
      unit: result.scenario.unit,
      targetRatio: result.scenario.targetRatio,
      parameters: result.parameters,
      peers: summarise(result, REFERENCE_PEER.name).map((summary) => ({
        ...summary,
        ...result.outcomes.get(summary.peer),
      })),
    })),
  };
}

/** Writes the report as JSON. Throws what the file system throws. */
export function writeReport(path: string, report: ReturnType<typeof toReport>): void {
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
}
