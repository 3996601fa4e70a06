import { eventPayload } from "../load/payload.ts";
import { idleConnections, idleScenario } from "./idle-scenario.ts";

const SOCKETS = idleConnections("echo", eventPayload);

export const idleHeap = idleScenario(
  { name: "idle-heap", summary: "5000 idle sockets, heap after collection", targets: [{ most: 4 }] },
  ({ heapBytes }) => heapBytes,
  SOCKETS,
);

export const idleRss = idleScenario(
  { name: "idle-rss", summary: "5000 idle sockets, resident memory", targets: [{ most: 7 }] },
  ({ rssBytes }) => rssBytes,
  SOCKETS,
);
