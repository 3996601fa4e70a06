import { engine } from "../peers/engine.ts";
import { net } from "../peers/net.ts";
import { referenceEngineIo } from "../peers/reference-engine.io.ts";
import { ws } from "../peers/ws.ts";
import { engineConnect } from "../scenarios/engine-connect.ts";
import { engineEcho } from "../scenarios/engine-echo.ts";
import { engineIdleHeap } from "../scenarios/engine-idle-heap.ts";
import { engineIdleHeapPolling } from "../scenarios/engine-idle-heap-polling.ts";
import { enginePollingEcho } from "../scenarios/engine-polling-echo.ts";
import { enginePollingEcho3 } from "../scenarios/engine-polling-echo-3.ts";
import type { Suite } from "./suite.ts";

export const engineSuite: Suite = {
  name: "engine",
  summary: "@towline/engine.io, over polling, WebSocket and from one to the other",
  peers: [engine, referenceEngineIo, ws, net],
  own: engine,
  reference: referenceEngineIo,
  scenarios: [
    enginePollingEcho,
    enginePollingEcho3,
    engineEcho,
    engineConnect,
    engineIdleHeap,
    engineIdleHeapPolling,
  ],
};
