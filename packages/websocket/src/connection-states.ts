import type { MachineTable } from "@towline/core";

/**
 * One WebSocket connection, from the end of the opening handshake on (RFC 6455 §7).
 *
 * `closing`: our close frame is sent and the peer's is awaited; messages still come in. `ending`: nothing more is
 * read or sent, what is queued goes out, and the TCP connection ends.
 */
export const CONNECTION = {
  initial: "open",
  transitions: {
    open: { close: "closing", peerClose: "ending", peerEnd: "ending", fail: "ending", lost: "closed" },
    closing: { peerClose: "ending", peerEnd: "ending", fail: "ending", lost: "closed" },
    ending: { lost: "closed" },
    closed: {},
  },
} as const satisfies MachineTable;
