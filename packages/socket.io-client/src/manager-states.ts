import type { MachineTable } from "@towline/core";

/** A Manager and its reconnection. No `reconnecting` or `skipReconnect` flags beside it. */
export const MANAGER = {
  initial: "closed",
  transitions: {
    closed: { open: "opening" },
    opening: { opened: "open", failed: "waiting", close: "closed" },
    open: { lost: "waiting", close: "closed" },
    // Between two attempts, for as long as the backoff says.
    waiting: { retry: "reopening", open: "opening", close: "closed" },
    reopening: { opened: "open", failed: "waiting", close: "closed" },
  },
} as const satisfies MachineTable;
