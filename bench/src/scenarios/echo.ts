import { eventPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const echo = echoScenario(
  {
    name: "echo",
    summary: "100 connections, 1 message in flight each, 32 bytes",
    targets: [{ peer: "socket.io", ratio: 0.55 }],
  },
  { connections: 100, inFlight: 1, payloadBytes: 32, makePayload: eventPayload },
);
