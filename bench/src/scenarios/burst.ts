import { BROADCASTS_PER_BURST } from "../burst-texts.ts";
import { asEvent, burstScenario } from "./burst-scenario.ts";

export const burst = burstScenario(
  {
    name: "burst",
    summary: `${BROADCASTS_PER_BURST} broadcasts in one tick to 500 sockets, 32 bytes`,
    targets: [{ peer: "socket.io", ratio: 0.08 }],
    app: "broadcasts",
  },
  { connections: 500, payloadBytes: 32, wrap: asEvent("burst") },
);
