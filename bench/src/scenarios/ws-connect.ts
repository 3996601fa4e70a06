import { visitIn } from "../load/connect-load.ts";
import { connectScenario } from "./connect-scenario.ts";

export const wsConnect = connectScenario(
  {
    name: "ws-connect",
    summary: "20 connections at a time: open, handshake, closing handshake, close",
    targets: [{ peer: "ws", ratio: 0.9 }],
    app: "echo",
  },
  ({ dialect }) => visitIn(dialect),
  { connections: 20 },
);
