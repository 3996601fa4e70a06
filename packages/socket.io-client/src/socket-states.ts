import type { MachineTable } from "@towline/core";

/** A Socket of the client: one namespace over a Manager's connection. */
export const CLIENT_SOCKET = {
  initial: "inactive",
  transitions: {
    inactive: { connect: "pending" },
    // Waits for the Manager's connection, then for the server to accept it into the namespace.
    pending: { accepted: "connected", refused: "inactive", disconnect: "inactive" },
    connected: { lost: "pending", disconnect: "inactive" },
  },
} as const satisfies MachineTable;
