import { ConnectLoad } from "../load/connect-load.ts";
import { EchoLoad, type EchoShape } from "../load/echo-load.ts";
import { textPayload } from "../load/payload.ts";
import type { Usage } from "../server/messages.ts";
import type { About, LoadSettings, Scenario } from "./scenario.ts";

const DEFAULT_CONNECTIONS = 5_000;
const SHAPE: Omit<EchoShape, "connections"> = { inFlight: 1, payloadBytes: 32, makePayload: textPayload };
const BYTES_PER_KB = 1000;
/**
 * What is made for the first connection of all is not to be counted. Few, and not for as long as the settings say: the
 * memory that a long warm-up leaves free would serve the connections that are counted.
 */
const WARMUP_CONNECTIONS = 100;

/** A scenario in which connections are opened and left alone: what each one takes of the server's memory. */
export function idleScenario(about: About, bytesOf: (usage: Usage) => number): Scenario {
  const connectionsFor = ({ connections = DEFAULT_CONNECTIONS }: LoadSettings) => connections;
  return {
    ...about,
    unit: "KB/connection",
    app: "echo",
    parameters: (settings) => ({ connections: connectionsFor(settings) }),
    async measure(subject, settings, onPhase) {
      const { port, peer } = subject;
      const connections = connectionsFor(settings);
      onPhase("warming up");
      await new ConnectLoad(port, peer.dialect, { connections: WARMUP_CONNECTIONS }).run(0);
      const before = await subject.usageAfterCollection();
      onPhase("connecting");
      const load = await EchoLoad.open(port, peer.dialect, { ...SHAPE, connections });
      try {
        onPhase("measuring");
        const after = await subject.usageAfterCollection();
        // A connection that was dropped takes no memory, and must not count.
        onPhase("checking");
        await load.run(0);
        return {
          cost: (bytesOf(after) - bytesOf(before)) / connections / BYTES_PER_KB,
          operations: connections,
        };
      } finally {
        load.close();
      }
    },
  };
}
