/** How probable it is that a step of the network goes wrong. Each is drawn anew at each step. */
export interface FaultRates {
  /** A request fails before the server hears of it. */
  readonly requestRefused: number;
  /** A request never arrives, and nobody is told. */
  readonly requestStuck: number;
  /** The rest of a body never arrives. */
  readonly bodyStuck: number;
  /** The connection breaks in the middle of a body. */
  readonly bodyCut: number;
  /** The connection breaks while the server has the request and has not answered. */
  readonly resetWaiting: number;
  /** An answer is lost with the connection; the server hears of it, or believes that it was written. */
  readonly answerLost: number;
  /** An answer never arrives, and nobody is told. */
  readonly answerStuck: number;
  /** An answer or a request takes its time. */
  readonly slow: number;
  /** The server thinks about a request before it looks at it, as with a slow middleware. */
  readonly middleware: number;
  /** A WebSocket is refused. */
  readonly socketRefused: number;
  /** The opening handshake of a WebSocket is never answered. */
  readonly socketSilent: number;
  /** A message of a WebSocket is lost with the connection. */
  readonly frameReset: number;
  /** A WebSocket breaks soon after the server has answered the probe: while the client leaves its old transport, or later. */
  readonly probeReset: number;
  /** A message of a WebSocket, and all behind it, comes later than an upgrade may take. */
  readonly frameStalled: number;
  /** When a connection breaks, one of the ends does not notice. */
  readonly halfOpen: number;
  /** For the whole run: at some moment the network falls silent. */
  readonly silence: number;
}

const NONE: FaultRates = {
  requestRefused: 0,
  requestStuck: 0,
  bodyStuck: 0,
  bodyCut: 0,
  resetWaiting: 0,
  answerLost: 0,
  answerStuck: 0,
  slow: 0,
  middleware: 0,
  socketRefused: 0,
  socketSilent: 0,
  frameReset: 0,
  probeReset: 0,
  frameStalled: 0,
  halfOpen: 0,
  silence: 0,
};

export const FAULTS = {
  none: NONE,
  /** WebSockets alone go wrong. */
  probes: {
    ...NONE,
    socketRefused: 0.15,
    socketSilent: 0.1,
    frameReset: 0.08,
    probeReset: 0.15,
    frameStalled: 0.08,
  },
  light: {
    requestRefused: 0.006,
    requestStuck: 0.004,
    bodyStuck: 0.004,
    bodyCut: 0.004,
    resetWaiting: 0.012,
    answerLost: 0.008,
    answerStuck: 0.004,
    slow: 0.03,
    middleware: 0.03,
    socketRefused: 0.06,
    socketSilent: 0.04,
    frameReset: 0.01,
    probeReset: 0.05,
    frameStalled: 0.01,
    halfOpen: 0.3,
    silence: 0.05,
  },
  heavy: {
    requestRefused: 0.02,
    requestStuck: 0.015,
    bodyStuck: 0.02,
    bodyCut: 0.03,
    resetWaiting: 0.06,
    answerLost: 0.04,
    answerStuck: 0.015,
    slow: 0.1,
    middleware: 0.1,
    socketRefused: 0.12,
    socketSilent: 0.08,
    frameReset: 0.05,
    probeReset: 0.1,
    frameStalled: 0.05,
    halfOpen: 0.4,
    silence: 0.15,
  },
} as const satisfies Record<string, FaultRates>;

export type FaultLevel = keyof typeof FAULTS;
