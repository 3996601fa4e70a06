import { EchoLoad, type EchoShape } from "../load/echo-load.ts";
import type { LoadSettings, Measurement, Scenario } from "./scenario.ts";

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** A scenario in which every connection keeps messages in flight and the server sends each one back. */
export function echoScenario(
  about: Pick<Scenario, "name" | "summary" | "targetRatio">,
  defaults: EchoShape,
): Scenario {
  const shapeFor = ({ connections }: LoadSettings): EchoShape =>
    connections === undefined ? defaults : { ...defaults, connections };

  return {
    ...about,
    unit: "µs/message",
    parameters: (settings) => ({ ...shapeFor(settings) }),
    async measure(subject, settings, onPhase): Promise<Measurement> {
      onPhase("connecting");
      const load = await EchoLoad.open(subject.port, subject.peer.dialect, shapeFor(settings));
      try {
        onPhase("warming up");
        await load.run(settings.warmupMs);
        onPhase("measuring");
        const before = await subject.usage();
        const generatorBefore = cpuMicros();
        const { messages, seconds } = await load.run(settings.durationMs);
        const generatorMicros = cpuMicros() - generatorBefore;
        const after = await subject.usage();
        return {
          cost: (after.cpuMicros - before.cpuMicros) / messages,
          operations: messages,
          operationsPerSecond: messages / seconds,
          generatorMicros: generatorMicros / messages,
        };
      } finally {
        load.close();
      }
    },
  };
}
