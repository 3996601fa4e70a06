import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import type { Peer } from "./peers/peer.ts";
import { isMet, type ScenarioResult, summarisePeers, summariseTargets } from "./results.ts";
import type { Plan } from "./run.ts";
import type { Job } from "./select-jobs.ts";

const require = createRequire(import.meta.url);

/** The version of a package; `undefined` when it is not installed. */
function installedVersion(name: string): string | undefined {
  try {
    return (require(`${name}/package.json`) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

function versionOf({ packages }: Peer): string {
  if (packages.length === 0) return process.version;
  return packages.map(installedVersion).find((version) => version !== undefined) ?? "not installed";
}

/** Everything a script may want to know of a run: what was measured, on what, and every round's figures. */
export function toReport(results: readonly ScenarioResult[], jobs: readonly Job[], plan: Plan) {
  const peers = new Set(jobs.flatMap((job) => job.peers));
  return {
    formatVersion: 2,
    finishedAt: new Date().toISOString(),
    machine: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
    },
    parameters: { rounds: plan.rounds, ...plan.settings },
    peers: Object.fromEntries([...peers].map((peer) => [peer.name, versionOf(peer)])),
    scenarios: results.map((result) => ({
      name: result.scenario.name,
      suite: result.suite.name,
      own: result.suite.own.name,
      reference: result.suite.reference.name,
      unit: result.scenario.unit,
      parameters: result.parameters,
      targets: summariseTargets(result).map((summary) => ({ ...summary, met: isMet(summary) })),
      peers: summarisePeers(result).map((summary) => ({
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
