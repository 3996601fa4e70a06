import { packetPayload } from "../load/payload.ts";
import { polling3 } from "../load/polling-dialect.ts";
import { pollingEchoScenario } from "./polling-echo-scenario.ts";

export const enginePollingEcho3 = pollingEchoScenario(
  {
    name: "engine-polling-echo-3",
    summary:
      "50 sessions on polling, revision 3: a POST of 32 bytes, its echo by the waiting GET, the next GET",
    targets: [{ peer: "reference-engine.io", ratio: 0.75 }],
  },
  polling3,
  { sessions: 50, payloadBytes: 32, makePayload: packetPayload },
);
