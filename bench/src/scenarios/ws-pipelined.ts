import { textPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const wsPipelined = echoScenario(
  {
    name: "ws-pipelined",
    summary: "20 connections, 64 messages in flight each, 32 bytes",
    targets: [{ peer: "ws", ratio: 0.3 }],
  },
  { connections: 20, inFlight: 64, payloadBytes: 32, makePayload: textPayload },
);
