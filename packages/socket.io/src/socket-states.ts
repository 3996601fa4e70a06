import type { MachineTable } from "@towline/core";

/** A socket of the server: one client in one namespace. `leaving`: its `disconnecting` listeners run. */
export const SOCKET = {
  initial: "joining",
  transitions: {
    joining: { admit: "connected", close: "disconnected" },
    connected: { leave: "leaving" },
    leaving: { close: "disconnected" },
    disconnected: {},
  },
} as const satisfies MachineTable;
