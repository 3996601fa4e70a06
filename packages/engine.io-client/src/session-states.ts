import type { MachineTable } from "@towline/core";

/** One client session, upgrade included. No `upgrading` or `upgraded` flags beside it. */
export const CLIENT_SESSION = {
  initial: "opening",
  transitions: {
    opening: { handshake: "open", undecided: "detecting", abort: "closed" },
    // The handshake does not tell the revision: a ping has been sent, and its answer will.
    detecting: { decided: "open", retry: "opening", abort: "closed" },
    open: { probe: "probing", close: "closing", abort: "closed" },
    probing: { probed: "pausing", probeFailed: "open", close: "closing", abort: "closed" },
    pausing: { paused: "upgraded", probeFailed: "open", close: "closing", abort: "closed" },
    upgraded: { close: "closing", abort: "closed" },
    // What was queued before close() still goes out.
    closing: { drained: "closed", abort: "closed" },
    closed: {},
  },
} as const satisfies MachineTable;
