import { binaryPayload } from "../load/payload.ts";
import { echoScenario } from "./echo-scenario.ts";

export const wsEcho1m = echoScenario(
  {
    name: "ws-echo1m",
    summary: "8 connections, 1 message in flight each, 1 MiB of binary data",
    targets: [{ peer: "ws", ratio: 0.6 }],
  },
  { connections: 8, inFlight: 1, payloadBytes: 1024 * 1024, makePayload: binaryPayload },
);
