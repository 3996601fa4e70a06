import { EchoLoad, type EchoShape } from "../load/echo-load.ts";
import { measureLoad } from "./measure-load.ts";
import type { About, LoadSettings, Scenario } from "./scenario.ts";

/** A scenario in which every connection keeps messages in flight and the server sends each one back. */
export function echoScenario(about: About, { connections, ...shape }: EchoShape): Scenario {
  const connectionsFor = (settings: LoadSettings) => settings.connections ?? connections;
  const { inFlight, payloadBytes } = shape;
  return {
    ...about,
    unit: "µs/message",
    app: "echo",
    parameters: (settings) => ({ connections: connectionsFor(settings), inFlight, payloadBytes }),
    measure(subject, settings, onPhase) {
      const { port, peer } = subject;
      const open = () =>
        EchoLoad.open(port, peer.dialect, { ...shape, connections: connectionsFor(settings) });
      return measureLoad(open, subject, settings, onPhase);
    },
  };
}
