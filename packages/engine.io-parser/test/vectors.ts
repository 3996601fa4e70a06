/** Wire vectors, the same as in protocol-docs/engine.io.md. Asserted as they are: a round trip alone hides mirrored faults. */
import type { Packet } from "@towline/engine.io-parser";

export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** Text packets are alike in both revisions. */
export const TEXT_PACKETS: readonly [wire: string, packet: Packet][] = [
  ["0", { type: "open" }],
  ["1", { type: "close" }],
  ["2probe", { type: "ping", data: "probe" }],
  ["3probe", { type: "pong", data: "probe" }],
  ["4hello", { type: "message", data: "hello" }],
  ["4", { type: "message" }],
  ["4€", { type: "message", data: "€" }],
  ["5", { type: "upgrade" }],
  ["6", { type: "noop" }],
];

export const NOT_A_PACKET: readonly [wire: string, code: string][] = [
  ["", "EIO_EMPTY_PACKET"],
  ["7", "EIO_UNKNOWN_PACKET"],
  ["x4", "EIO_UNKNOWN_PACKET"],
  ["/", "EIO_UNKNOWN_PACKET"],
  ["__proto__", "EIO_UNKNOWN_PACKET"],
];
