import type { PollingDialect } from "../load/polling-dialect.ts";
import { PollingLoad, type PollingSessions } from "../load/polling-load.ts";
import { measureLoad } from "./measure-load.ts";
import type { About, LoadSettings, Scenario } from "./scenario.ts";

/** A scenario in which every session posts a message, gets it back by its poll, and polls again before the next. */
export function pollingEchoScenario(
  about: About,
  dialect: PollingDialect,
  { sessions, ...shape }: PollingSessions,
): Scenario {
  const sessionsFor = ({ connections = sessions }: LoadSettings) => connections;
  return {
    ...about,
    unit: "µs/round trip",
    app: "sessions",
    parameters: (settings) => ({ sessions: sessionsFor(settings), payloadBytes: shape.payloadBytes }),
    measure(subject, settings, onPhase) {
      const open = () =>
        PollingLoad.open(subject.port, dialect, { ...shape, sessions: sessionsFor(settings) });
      return measureLoad(open, subject, settings, onPhase);
    },
  };
}
