import type { MachineTable } from "@towline/core";

/** A client's opening handshake (RFC 6455 §4.1). Once `connected`, the connection has a state of its own. */
export const OPENING = {
  initial: "connecting",
  transitions: {
    connecting: { accepted: "connected", abort: "aborting", failed: "failed" },
    aborting: { failed: "failed" },
    connected: {},
    failed: {},
  },
} as const satisfies MachineTable;
