import { echoScenario } from "./echo-scenario.ts";

export const pipelined = echoScenario(
  {
    name: "pipelined",
    summary: "20 connections, 64 messages in flight each, 32 bytes",
    targetRatio: 0.28,
  },
  { connections: 20, inFlight: 64, payloadBytes: 32 },
);
