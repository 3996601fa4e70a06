import { asEvent, burstScenario } from "./burst-scenario.ts";

export const broadcast = burstScenario(
  {
    name: "broadcast",
    summary: "one broadcast at a time to 1000 sockets, 32 bytes",
    targets: [{ peer: "socket.io", ratio: 0.5 }],
    app: "broadcasts",
  },
  { connections: 1000, payloadBytes: 32, broadcasts: 1, wrap: asEvent("broadcast") },
);
