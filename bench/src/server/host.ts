/** Entry point of a server process: serves the app of the peer named by its arguments and obeys orders that come over IPC. */

import { setTimeout as pause } from "node:timers/promises";
import { PEERS } from "../peers/index.ts";
import { isAppName, PeerAbsent } from "../peers/peer.ts";
import type { ServerOrder, ServerReport, Usage } from "./messages.ts";

/** Some objects go only after others, and pages go back to the system a while after what was in them. */
const COLLECTIONS = 4;
const COLLECTION_PAUSE_MS = 50;

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { cpuMicros: user + system, heapBytes: heapUsed, rssBytes: rss };
}

async function usageAfterCollection(): Promise<Usage> {
  if (globalThis.gc === undefined) throw new Error("Start the server with --expose-gc");
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    globalThis.gc();
    await pause(COLLECTION_PAUSE_MS);
  }
  return usage();
}

const report = (message: ServerReport): void => {
  process.send?.(message);
};

async function obey(order: ServerOrder): Promise<void> {
  if (order === "stop") process.exit(0);
  report({ type: "usage", usage: order === "collect" ? await usageAfterCollection() : usage() });
}

const [, , peerName, app = ""] = process.argv;
const peer = PEERS.find((candidate) => candidate.name === peerName);
if (peer === undefined) throw new Error(`There is no peer named ${peerName}; start it through main.ts`);
const serve = isAppName(app) ? peer.apps[app] : undefined;
if (serve === undefined) throw new Error(`${peerName} has no app named ${app}; start it through main.ts`);

process.on("message", (order: ServerOrder) => void obey(order));
// The benchmark may die without a word; its servers must not outlive it.
process.on("disconnect", () => process.exit(0));

try {
  report({ type: "ready", port: await serve() });
} catch (cause) {
  if (!(cause instanceof PeerAbsent)) throw cause;
  report({ type: "absent", why: cause.message });
}
