/** What a server process has used since it started. */
export interface Usage {
  /** User and system time together, of all threads, in microseconds. */
  readonly cpuMicros: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** `collect` asks for the usage, too, once all garbage is gone. */
export type ServerOrder = "usage" | "collect" | "stop";

export type ServerReport =
  | { readonly type: "ready"; readonly port: number }
  /** The peer cannot run on this machine. */
  | { readonly type: "absent"; readonly why: string }
  | { readonly type: "usage"; readonly usage: Usage };
