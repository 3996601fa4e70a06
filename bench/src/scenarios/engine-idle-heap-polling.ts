import { visitByPolling } from "../load/engine-visits.ts";
import { packetPayload } from "../load/payload.ts";
import { polling4 } from "../load/polling-dialect.ts";
import { PollingLoad } from "../load/polling-load.ts";
import { idleScenario } from "./idle-scenario.ts";

export const engineIdleHeapPolling = idleScenario(
  {
    name: "engine-idle-heap-polling",
    summary: "5000 idle sessions on polling, each with a waiting poll, heap after collection",
    targets: [],
  },
  ({ heapBytes }) => heapBytes,
  {
    app: "sessions",
    visitOf: () => visitByPolling,
    open: (port, _peer, sessions) =>
      PollingLoad.open(port, polling4, { sessions, payloadBytes: 32, makePayload: packetPayload }),
  },
);
