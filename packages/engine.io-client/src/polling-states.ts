import type { MachineTable } from "@towline/core";

/** The polling transport of a client. */
export const POLLING = {
  initial: "opening",
  transitions: {
    opening: { handshake: "open", close: "closed" },
    open: { pause: "pausing", close: "closed" },
    // The running requests come to their end, no new ones are made.
    pausing: { idle: "paused", resume: "open", close: "closed" },
    paused: { resume: "open", close: "closed" },
    closed: {},
  },
} as const satisfies MachineTable;
