import { milliseconds, type OptionTable } from "@towline/core";

export const CLUSTER_OPTIONS = {
  heartbeatInterval: milliseconds(
    5_000,
    "Delay between two signs of life to the other servers, in milliseconds.",
  ),
  heartbeatTimeout: milliseconds(
    10_000,
    "How long a server may give none before it counts as gone, in milliseconds.",
  ),
} satisfies OptionTable;

export interface ClusterAdapterOptions {
  /** Delay between two signs of life to the other servers, in milliseconds. Defaults to 5000. */
  heartbeatInterval?: number;
  /** How long a server may give no sign of life before it counts as gone, in milliseconds. Defaults to 10000. */
  heartbeatTimeout?: number;
}
