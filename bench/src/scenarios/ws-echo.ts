import { textPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const wsEcho = echoScenario(
  {
    name: "ws-echo",
    summary: "100 connections, 1 message in flight each, 32 bytes",
    targets: [
      { peer: "ws", ratio: 0.9 },
      { peer: "net", ratio: 1.15 },
    ],
  },
  { connections: 100, inFlight: 1, payloadBytes: 32, makePayload: textPayload },
);
