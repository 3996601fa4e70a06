/** What the server process tells, each time once all its sessions and connections are over. */
export interface Report {
  readonly port: number;
  /** Sessions that have come to their end. */
  readonly sessions: number;
  /** Those of them that had left polling. */
  readonly upgraded: number;
  /** Messages from clients. */
  readonly messages: number;
  readonly faults: readonly string[];
  readonly clientsCount: number;
  /** Of the heap, after a collection. */
  readonly heapBytes: number;
  /** Outside of the heap: buffers. */
  readonly externalBytes: number;
}
