import type { MachineTable } from "@towline/core";

/**
 * One session of the server, upgrade included. `settling`: it is to close, but the client may be between two
 * transports, so that the upgrade must come to its end first.
 */
export const SESSION = {
  initial: "opening",
  transitions: {
    opening: { handshake: "open", abort: "closed" },
    open: { candidate: "probing", close: "draining", abort: "closed" },
    probing: { probe: "upgrading", probeFailed: "open", close: "draining", abort: "closed" },
    upgrading: { upgrade: "upgraded", probeFailed: "open", close: "settling", abort: "closed" },
    settling: { upgrade: "draining", probeFailed: "draining", abort: "closed" },
    upgraded: { close: "draining", abort: "closed" },
    draining: { abort: "closed" },
    closed: {},
  },
} as const satisfies MachineTable;
