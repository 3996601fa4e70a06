import type { MachineTable } from "@towline/core";

/** The connection as the page shows it. */
export const CONNECTION = {
  initial: "idle",
  transitions: {
    idle: { start: "connecting" },
    connecting: { connected: "online", failed: "waiting", refused: "refused" },
    online: { lost: "waiting", dismissed: "refused" },
    waiting: { retry: "connecting", refused: "refused" },
    refused: { start: "connecting" },
  },
} as const satisfies MachineTable;
