/** What a connection tells its owner. Named methods rather than events: they are on the way of every message. */
export interface ConnectionSink {
  onText(text: string): void;
  /** In place of `onText`, when present: the text as its UTF-8 bytes, checked. */
  onTextBytes?(data: Buffer): void;
  onBinary(data: Buffer): void;
  /** In place of `onBinary`, when present and `wantsFragments`: the message cut as its frames were. */
  onFragments?(data: Buffer[]): void;
  readonly wantsFragments?: boolean;
  /** The pong has been sent already, unless `autoPong` is off. */
  onPing?(data: Buffer): void;
  onPong?(data: Buffer): void;
  /** After a time when the peer did not take all: everything sent so far is with the kernel. */
  onDrain?(): void;
  /** At the end of a turn in which something was sent: all of it has been written, and the stream can take more. */
  onFlushed?(): void;
  /**
   * Exactly once, last.
   *
   * @param code from the peer's close frame; 1005 when that had none, 1006 when there was no close frame.
   * @param error what went wrong, when our side found a fault (`ProtocolError`, `ConnectionError`) or the socket failed.
   */
  onClose(code: number, reason: string, error?: Error): void;
  /** Whom `onBufferFull` is called with. By default the connection. */
  readonly subject?: object;
}

/** Hears nothing. For a connection whose owner is not there yet. */
export const SILENT_SINK: ConnectionSink = {
  onText() {},
  onBinary() {},
  onClose() {},
};
