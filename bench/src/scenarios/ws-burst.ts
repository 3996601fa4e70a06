import { BROADCASTS_PER_BURST } from "../burst-texts.ts";
import { burstScenario } from "./burst-scenario.ts";

export const wsBurst = burstScenario(
  {
    name: "ws-burst",
    summary: `${BROADCASTS_PER_BURST} broadcasts in one tick to 500 connections, 32 bytes`,
    targets: [{ peer: "ws", ratio: 0.1 }],
    app: "burst",
  },
  { connections: 500, payloadBytes: 32 },
);
