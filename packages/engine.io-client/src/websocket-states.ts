import type { MachineTable } from "@towline/core";

/** The WebSocket transport of a client. */
export const WEBSOCKET = {
  initial: "opening",
  transitions: {
    opening: { open: "open", close: "closed" },
    open: { close: "closed" },
    closed: {},
  },
} as const satisfies MachineTable;
