import { ConnectLoad, type ConnectShape } from "../load/connect-load.ts";
import { measureLoad } from "./measure-load.ts";
import type { LoadSettings, Scenario } from "./scenario.ts";

const shapeFor = ({ connections = 20 }: LoadSettings): ConnectShape => ({ connections });

export const wsConnect: Scenario = {
  name: "ws-connect",
  summary: "20 connections at a time: open, handshake, closing handshake, close",
  targets: [{ peer: "ws", ratio: 0.9 }],
  unit: "µs/connection",
  app: "echo",
  parameters: (settings) => ({ ...shapeFor(settings) }),
  measure(subject, settings, onPhase) {
    const { port, peer } = subject;
    const open = async () => new ConnectLoad(port, peer.dialect, shapeFor(settings));
    return measureLoad(open, subject, settings, onPhase);
  },
};
