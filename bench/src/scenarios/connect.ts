import { visitIn } from "../load/connect-load.ts";
import { connectScenario } from "./connect-scenario.ts";

export const connect = connectScenario(
  {
    name: "connect",
    summary: "20 connections at a time: open, handshakes, closing handshake, close",
    targets: [{ peer: "socket.io", ratio: 0.35 }],
    app: "echo",
  },
  ({ dialect }) => visitIn(dialect),
  { connections: 20, warmupVisits: 2_000 },
);
