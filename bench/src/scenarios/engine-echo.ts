import { packetPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const engineEcho = echoScenario(
  {
    name: "engine-echo",
    summary: "100 sessions on WebSocket, 1 message in flight each, 32 bytes",
    targets: [{ peer: "reference-engine.io", ratio: 0.55 }],
  },
  { connections: 100, inFlight: 1, payloadBytes: 32, makePayload: packetPayload },
);
