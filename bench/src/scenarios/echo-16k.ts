import { eventPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const echo16k = echoScenario(
  {
    name: "echo16k",
    summary: "100 connections, 1 message in flight each, 16 KiB of text",
    targets: [{ peer: "socket.io", ratio: 0.45 }],
  },
  { connections: 100, inFlight: 1, payloadBytes: 16 * 1024, makePayload: eventPayload },
);
