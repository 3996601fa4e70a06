import { ConnectLoad, type Visit, visitIn } from "../load/connect-load.ts";
import { EchoLoad } from "../load/echo-load.ts";
import type { Load } from "../load/load.ts";
import { type PayloadMaker, textPayload } from "../load/payload.ts";
import type { AppName, Peer } from "../peers/peer.ts";
import type { Usage } from "../server/messages.ts";
import type { About, LoadSettings, Scenario } from "./scenario.ts";

const DEFAULT_CONNECTIONS = 5_000;
const BYTES_PER_KB = 1000;
/**
 * What is made for the first connection of all is not to be counted. Few, and not for as long as the settings say: the
 * memory that a long warm-up leaves free would serve the connections that are counted.
 */
const WARMUP_CONNECTIONS = 100;

/** Who is idle. */
export interface IdleKind {
  /** What the server is asked for. */
  readonly app: AppName;
  /** A first visit, for the server to warm up. */
  visitOf(peer: Peer): Visit;
  /** Opens that many connections or sessions, which do nothing until they are run. */
  open(port: number, peer: Peer, count: number): Promise<Load>;
}

/** Connections in the dialect of the peer. */
export const idleConnections = (app: AppName, makePayload: PayloadMaker): IdleKind => ({
  app,
  visitOf: ({ dialect }) => visitIn(dialect),
  open: (port, { dialect }, connections) =>
    EchoLoad.open(port, dialect, { connections, inFlight: 1, payloadBytes: 32, makePayload }),
});

const PLAIN = idleConnections("echo", textPayload);

/** A scenario in which connections are opened and left alone: what each one takes of the server's memory. */
export function idleScenario(about: About, bytesOf: (usage: Usage) => number, kind = PLAIN): Scenario {
  const connectionsFor = ({ connections = DEFAULT_CONNECTIONS }: LoadSettings) => connections;
  return {
    ...about,
    unit: "KB/connection",
    app: kind.app,
    parameters: (settings) => ({ connections: connectionsFor(settings) }),
    async measure(subject, settings, onPhase) {
      const { port, peer } = subject;
      const connections = connectionsFor(settings);
      onPhase("warming up");
      await new ConnectLoad(port, kind.visitOf(peer), { connections: WARMUP_CONNECTIONS }).run(0);
      const before = await subject.usageAfterCollection();
      onPhase("connecting");
      const load = await kind.open(port, peer, connections);
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
