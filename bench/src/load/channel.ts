/** What a channel tells the load it belongs to. */
export interface ChannelOwner {
  /** Takes note of `count` right answers; says whether to send as many again. */
  onAnswers(count: number): boolean;
  onFailure(cause: Error): void;
}

/** One way to the server and back. */
export interface Channel {
  /** Sends the next `count` messages; that many answers are due then. */
  send(count: number): void;
  close(): void;
}
