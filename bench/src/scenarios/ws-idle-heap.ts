import { idleScenario } from "./idle-scenario.ts";

export const wsIdleHeap = idleScenario(
  { name: "ws-idle-heap", summary: "5000 idle connections, heap after collection", targets: [{ most: 2 }] },
  ({ heapBytes }) => heapBytes,
);
