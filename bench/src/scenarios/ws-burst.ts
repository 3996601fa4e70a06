import { BROADCASTS_PER_BURST } from "../burst-texts.ts";
import { BurstLoad, type BurstShape } from "../load/burst-load.ts";
import { measureLoad } from "./measure-load.ts";
import type { LoadSettings, Scenario } from "./scenario.ts";

const DEFAULTS: BurstShape = { connections: 500, payloadBytes: 32 };

const shapeFor = ({ connections = DEFAULTS.connections }: LoadSettings): BurstShape => ({
  ...DEFAULTS,
  connections,
});

export const wsBurst: Scenario = {
  name: "ws-burst",
  summary: `${BROADCASTS_PER_BURST} broadcasts in one tick to 500 connections, 32 bytes`,
  targets: [{ peer: "ws", ratio: 0.1 }],
  unit: "µs/delivery",
  app: "burst",
  parameters: (settings) => ({ ...shapeFor(settings), broadcasts: BROADCASTS_PER_BURST }),
  measure(subject, settings, onPhase) {
    const { port, peer } = subject;
    const open = () => BurstLoad.open(port, peer.dialect, shapeFor(settings));
    return measureLoad(open, subject, settings, onPhase);
  },
};
