import { ConnectLoad, type ConnectShape, type Visit } from "../load/connect-load.ts";
import type { Peer } from "../peers/peer.ts";
import { measureLoad } from "./measure-load.ts";
import type { About, LoadSettings, Scenario } from "./scenario.ts";

/** A scenario in which clients come, some at a time, and go. */
export function connectScenario(
  about: About & Pick<Scenario, "app">,
  visitOf: (peer: Peer) => Visit,
  defaults: ConnectShape,
): Scenario {
  const shapeFor = ({ connections = defaults.connections }: LoadSettings) => ({ ...defaults, connections });
  return {
    ...about,
    unit: "µs/connection",
    parameters: shapeFor,
    measure(subject, settings, onPhase) {
      const { port, peer } = subject;
      const open = async () => new ConnectLoad(port, visitOf(peer), shapeFor(settings));
      return measureLoad(open, subject, settings, onPhase);
    },
  };
}
