import { LoadFailure } from "./load/load-failure.ts";
import { type Peer, PeerAbsent } from "./peers/peer.ts";
import type { Outcome, ScenarioResult } from "./results.ts";
import type { LoadSettings, Measurement, Scenario } from "./scenarios/scenario.ts";
import type { Job } from "./select-jobs.ts";
import { ServerProcess } from "./server/server-process.ts";

export interface Plan {
  readonly rounds: number;
  readonly settings: LoadSettings;
}

/** One server, fresh, for one round: its last round must not have warmed it up or filled its heap. */
async function measureOnce(
  scenario: Scenario,
  peer: Peer,
  settings: LoadSettings,
  onPhase: (phase: string) => void,
  signal: AbortSignal,
): Promise<Measurement> {
  onPhase("starting");
  const server = await ServerProcess.start(peer.name, scenario.app, signal);
  try {
    const subject = {
      peer,
      port: server.port,
      usage: () => server.usage(),
      usageAfterCollection: () => server.usageAfterCollection(),
    };
    return await scenario.measure(subject, settings, onPhase);
  } catch (cause) {
    if (!(cause instanceof LoadFailure)) throw cause;
    // Only when it has ended is everything there that it had to say.
    await server.stop();
    throw new LoadFailure([cause.message, server.lastWords].filter(Boolean).join("\n"), { cause });
  } finally {
    await server.stop();
  }
}

/** What is left of a peer's outcome after an error, when it is the peer's. */
function outcomeOf(cause: unknown): Outcome {
  if (cause instanceof LoadFailure) return { failure: cause.message };
  if (cause instanceof PeerAbsent) return { absence: cause.message };
  throw cause;
}

/**
 * Runs all rounds of a scenario, every peer in each round, so that what disturbs the machine for a while disturbs all
 * of them. A peer that fails, or cannot run here, is left out from then on and has no figure.
 *
 * @throws {ServerFailure} when a server does not start.
 */
export async function runJob(
  { suite, scenario, peers }: Job,
  { rounds, settings }: Plan,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<ScenarioResult> {
  const outcomes = new Map<string, Outcome>(peers.map(({ name }) => [name, { rounds: [] }]));
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) {
      const outcome = outcomes.get(peer.name);
      if (outcome === undefined || !("rounds" in outcome)) continue;
      const onPhase = (phase: string) =>
        onProgress(`${scenario.name}, round ${round} of ${rounds}, ${peer.name}: ${phase}`);
      try {
        const measurement = await measureOnce(scenario, peer, settings, onPhase, signal);
        outcomes.set(peer.name, { rounds: [...outcome.rounds, measurement] });
      } catch (cause) {
        outcomes.set(peer.name, outcomeOf(cause));
      }
    }
  }
  return { suite, scenario, parameters: scenario.parameters(settings), outcomes };
}
