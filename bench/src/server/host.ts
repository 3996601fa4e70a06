/** Entry point of a server process: serves the peer named by its argument and obeys orders that come over IPC. */

import { PEERS } from "../peers/index.ts";
import type { ServerOrder, ServerReport, Usage } from "./messages.ts";

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { cpuMicros: user + system, heapBytes: heapUsed, rssBytes: rss };
}

const report = (message: ServerReport): void => {
  process.send?.(message);
};

const name = process.argv[2];
const peer = PEERS.find((candidate) => candidate.name === name);
if (peer === undefined) throw new Error(`There is no peer named ${name}; start it through main.ts`);

process.on("message", (order: ServerOrder) => {
  if (order === "usage") report({ type: "usage", usage: usage() });
  else process.exit(0);
});
// The benchmark may die without a word; its servers must not outlive it.
process.on("disconnect", () => process.exit(0));

report({ type: "ready", port: await peer.serve() });
