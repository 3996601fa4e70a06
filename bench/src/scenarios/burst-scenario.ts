import { BROADCASTS_PER_BURST } from "../burst-texts.ts";
import { BurstLoad, type BurstShape } from "../load/burst-load.ts";
import { measureLoad } from "./measure-load.ts";
import type { About, LoadSettings, Scenario } from "./scenario.ts";

/** A scenario in which one connection asks for broadcasts to all of them. */
export function burstScenario(about: About & Pick<Scenario, "app">, defaults: BurstShape): Scenario {
  const { broadcasts = BROADCASTS_PER_BURST, payloadBytes } = defaults;
  const connectionsFor = ({ connections = defaults.connections }: LoadSettings) => connections;
  return {
    ...about,
    unit: "µs/delivery",
    parameters: (settings) => ({ connections: connectionsFor(settings), payloadBytes, broadcasts }),
    measure(subject, settings, onPhase) {
      const { port, peer } = subject;
      const shape = { ...defaults, connections: connectionsFor(settings) };
      return measureLoad(() => BurstLoad.open(port, peer.dialect, shape), subject, settings, onPhase);
    },
  };
}

/** Asks for broadcasts, and gets them, as a Socket.IO event with one argument. */
export const asEvent =
  (event: string) =>
  (text: string): string =>
    `42["${event}","${text}"]`;
