import { textPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const wsEcho16k = echoScenario(
  {
    name: "ws-echo16k",
    summary: "100 connections, 1 message in flight each, 16 KiB of text",
    targets: [{ peer: "ws", ratio: 0.5 }],
  },
  { connections: 100, inFlight: 1, payloadBytes: 16 * 1024, makePayload: textPayload },
);
