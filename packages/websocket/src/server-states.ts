import type { MachineTable } from "@towline/core";

/** A `WebSocketServer`. `closing`: takes no new connection and waits for those it has. */
export const SERVER = {
  initial: "running",
  transitions: {
    running: { close: "closing" },
    closing: { emptied: "closed" },
    closed: {},
  },
} as const satisfies MachineTable;
