const MESSAGES = {
  SIO_ACK_TIMEOUT: "operation has timed out",
  SIO_ACK_DISCONNECTED: "socket has been disconnected",
} as const;

export type AckErrorCode = keyof typeof MESSAGES;

/** Why an acknowledgement did not come. */
export class AckError extends Error {
  override readonly name = "AckError";
  readonly code: AckErrorCode;
  /** Of a broadcast: what those have answered who did. */
  declare responses?: unknown[];

  constructor(code: AckErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
