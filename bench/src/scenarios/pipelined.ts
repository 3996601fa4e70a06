import { eventPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const pipelined = echoScenario(
  {
    name: "pipelined",
    summary: "20 connections, 64 messages in flight each, 32 bytes",
    targets: [{ peer: "socket.io", ratio: 0.28 }],
  },
  { connections: 20, inFlight: 64, payloadBytes: 32, makePayload: eventPayload },
);
