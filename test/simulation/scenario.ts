import type { TransportName } from "../../packages/engine.io-client/src/transport.ts";
import type { FaultLevel } from "./faults.ts";
import type { Random } from "./random.ts";

export type Side = "client" | "server";

/** How an application ends a session: when all has gone, or at once. */
export type Ending = "graceful" | "discard";

export interface PlannedClose {
  readonly atMs: number;
  readonly side: Side;
  readonly ending: Ending;
}

/** Everything about a run that is settled before it begins. */
export interface Scenario {
  readonly faults: FaultLevel;
  readonly revision: 3 | 4 | "auto";
  /** A server that knows revision 3 alone takes every request for one of that. */
  readonly serverSpeaks: "both" | "revision 3";
  /** Servers of old do not tell, and a client on WebSocket has to find out their revision. */
  readonly tellsMaxPayload: boolean;
  readonly transports: readonly TransportName[];
  readonly upgrade: boolean;
  readonly tryAllTransports: boolean;
  readonly supportsBinary: boolean;
  readonly maxPayload: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly upgradeTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly openTimeoutMs: number;
  /** Of one delivery. */
  readonly delayMs: readonly [least: number, most: number];
  /** How long the applications are at work, from the start. */
  readonly activeMs: number;
  /** When each side sends. */
  readonly sendsMs: Readonly<Record<Side, readonly number[]>>;
  /** Whether the server sends a message behind the handshake. */
  readonly startsTalking: boolean;
  /** How often a listener sends, closes, or throws, while it is called. */
  readonly listenerSends: number;
  readonly listenerCloses: number;
  readonly listenerThrows: number;
  /** How often the client sends what has yet to give up its bytes, as a Blob. */
  readonly lateData: number;
  /** The most that may wait at either end. */
  readonly maxQueueBytes: number;
  readonly closes: readonly PlannedClose[];
  /** How the session is closed in the end, if it is still open. */
  readonly farewell: readonly PlannedClose[];
}

const TRANSPORTS: readonly (readonly TransportName[])[] = [
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling", "websocket"],
  ["polling"],
  ["websocket"],
  ["websocket", "polling"],
];

const FAULT_LEVELS: readonly FaultLevel[] = ["none", "none", "probes", "probes", "light", "heavy"];

export function drawScenario(random: Random): Scenario {
  const level = random.pick(FAULT_LEVELS);
  const transports = random.pick(TRANSPORTS);
  const revision = random.pick([3, 3, 4, 4, "auto"] as const);
  const isOld = revision !== 4 && random.chance(0.3);
  const tellsMaxPayload = !isOld && random.chance(0.9);
  const delayMs = random.pick([
    [1, 5],
    [1, 30],
    [5, 120],
    [40, 80],
    [1, 250],
  ] as const);
  const activeMs = random.between(3, 12) * (delayMs[1] + 10);
  // On WebSocket the client guesses the revision by whether the server closes: it must not for another reason.
  const guesses = revision === "auto" && !tellsMaxPayload && transports[0] === "websocket";
  const faults = guesses ? "none" : level;
  return {
    faults,
    revision,
    serverSpeaks: isOld ? "revision 3" : "both",
    tellsMaxPayload,
    transports,
    upgrade: random.chance(0.95),
    tryAllTransports: !guesses && tellsMaxPayload && random.chance(0.3),
    supportsBinary: random.chance(0.75),
    maxPayload: tellsMaxPayload ? random.pick([120, 400, 100_000]) : 100_000,
    pingIntervalMs: random.pick([3000, 8000, 25_000]),
    pingTimeoutMs: random.pick([2500, 6000, 20_000]),
    upgradeTimeoutMs: random.pick([2500, 10_000]),
    closeTimeoutMs: random.pick([3000, 30_000]),
    openTimeoutMs: 20_000,
    delayMs,
    activeMs,
    sendsMs: { client: drawTimes(random, activeMs), server: drawTimes(random, activeMs) },
    listenerSends: random.pick([0, 0.05, 0.2]),
    listenerCloses: guesses ? 0 : random.pick([0, 0, 0, 0.01]),
    listenerThrows: random.pick([0, 0, 0, 0, 0.05]),
    lateData: random.pick([0, 0, 0.1]),
    startsTalking: random.chance(0.1),
    maxQueueBytes: faults === "heavy" ? random.pick([300, 1_000_000]) : 1_000_000,
    closes: drawCloses(random, activeMs).filter(({ side }) => !guesses || side === "client"),
    farewell: drawFarewell(random),
  };
}

function drawTimes(random: Random, activeMs: number): number[] {
  const times: number[] = [];
  for (let count = random.between(0, 8); count > 0; count--) {
    const atMs = random.between(0, activeMs);
    // Often several in one go: batches, and what is sent behind a batch.
    for (let burst = random.pick([1, 1, 2, 5]); burst > 0; burst--) times.push(atMs);
  }
  return times;
}

function drawCloses(random: Random, activeMs: number): PlannedClose[] {
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => drawClose(random, activeMs));
}

const drawClose = (random: Random, withinMs: number): PlannedClose => ({
  atMs: random.between(0, withinMs),
  side: random.pick(["client", "server"] as const),
  ending: random.pick(["graceful", "graceful", "discard"] as const),
});

function drawFarewell(random: Random): PlannedClose[] {
  const first = drawClose(random, 0);
  return random.chance(0.2) ? [first, drawClose(random, 50)] : [first];
}
