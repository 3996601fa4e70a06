import { visitByUpgrade } from "../load/engine-visits.ts";
import { connectScenario } from "./connect-scenario.ts";

/**
 * So many that the reference is busy, too: it answers the last poll only some time after the probe. And a server does so
 * little in one visit that it would be measured while its code is still being compiled, the slower one more so.
 */
const SHAPE = { connections: 300, warmupVisits: 4_000 };

export const engineConnect = connectScenario(
  {
    name: "engine-connect",
    summary: `${SHAPE.connections} sessions at a time: handshake on polling, upgrade to WebSocket, 1 message, close`,
    targets: [{ peer: "reference-engine.io", ratio: 0.6 }],
    app: "sessions",
  },
  () => visitByUpgrade,
  SHAPE,
);
