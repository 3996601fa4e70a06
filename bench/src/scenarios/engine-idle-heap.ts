import { packetPayload } from "../load/payload.ts";
import { idleConnections, idleScenario } from "./idle-scenario.ts";

export const engineIdleHeap = idleScenario(
  {
    name: "engine-idle-heap",
    summary: "5000 idle sessions on WebSocket, heap after collection",
    targets: [{ most: 3 }],
  },
  ({ heapBytes }) => heapBytes,
  idleConnections("sessions", packetPayload),
);
