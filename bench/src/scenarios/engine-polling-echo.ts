import { packetPayload } from "../load/payload.ts";
import { polling4 } from "../load/polling-dialect.ts";
import { pollingEchoScenario } from "./polling-echo-scenario.ts";

export const enginePollingEcho = pollingEchoScenario(
  {
    name: "engine-polling-echo",
    summary:
      "50 sessions on polling, revision 4: a POST of 32 bytes, its echo by the waiting GET, the next GET",
    targets: [{ peer: "reference-engine.io", ratio: 0.75 }],
  },
  polling4,
  { sessions: 50, payloadBytes: 32, makePayload: packetPayload },
);
