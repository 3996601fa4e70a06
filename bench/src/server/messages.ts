/** What a server process has used since it started. */
export interface Usage {
  /** User and system time together, of all threads, in microseconds. */
  readonly cpuMicros: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export type ServerOrder = "usage" | "stop";

export type ServerReport =
  | { readonly type: "ready"; readonly port: number }
  | { readonly type: "usage"; readonly usage: Usage };
