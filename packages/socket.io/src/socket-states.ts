import type { MachineTable } from "@towline/core";

/** A socket of the server: one client in one namespace. */
export const SOCKET = {
  initial: "joining",
  transitions: {
    joining: { admit: "connected", close: "disconnected" },
    connected: { close: "disconnected" },
    disconnected: {},
  },
} as const satisfies MachineTable;
