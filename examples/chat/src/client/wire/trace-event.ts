import type { ManagerOptions } from "@towline/socket.io-client";

/** What the client's `trace` option is told: every packet, and every change of a transport's state. */
export type TraceEvent = Parameters<NonNullable<ManagerOptions["trace"]>>[0];
