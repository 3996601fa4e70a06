import type { Load } from "../load/load.ts";
import type { LoadSettings, Measurement, Subject } from "./scenario.ts";

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Opens a load, warms the server up with it, and then counts the server's CPU time per operation. */
export async function measureLoad(
  open: () => Promise<Load>,
  subject: Subject,
  settings: LoadSettings,
  onPhase: (phase: string) => void,
): Promise<Measurement> {
  onPhase("connecting");
  const load = await open();
  try {
    onPhase("warming up");
    await load.run(settings.warmupMs);
    onPhase("measuring");
    const before = await subject.usage();
    const generatorBefore = cpuMicros();
    const { operations, seconds } = await load.run(settings.durationMs);
    const generatorMicros = cpuMicros() - generatorBefore;
    const after = await subject.usage();
    return {
      cost: (after.cpuMicros - before.cpuMicros) / operations,
      operations,
      operationsPerSecond: operations / seconds,
      generatorMicros: generatorMicros / operations,
    };
  } finally {
    load.close();
  }
}
