/** Every way in which a peer's text and bytes can fail to be Socket.IO: one row per code. */
const PROTOCOL_ERRORS = {
  SIO_UNKNOWN_PACKET: "unknown packet type",
  SIO_BAD_ATTACHMENT_COUNT: "attachment count is not a positive number followed by -",
  SIO_TOO_MANY_ATTACHMENTS: "more attachments than allowed",
  SIO_ATTACHMENTS_TOO_BIG: "more bytes of attachments than allowed",
  SIO_ATTACHMENTS_LATE: "attachments did not come in time",
  SIO_BAD_ACK_ID: "acknowledgement id is out of range",
  SIO_BAD_JSON: "payload is not JSON",
  SIO_BAD_PAYLOAD: "payload does not fit the packet type",
  SIO_TOO_MANY_ARGUMENTS: "more arguments than allowed",
  SIO_REVIVER_FAILED: "payload was refused by the reviver",
  SIO_TOO_DEEP: "payload is nested too deeply",
  SIO_BAD_PLACEHOLDER: "placeholder names no attachment",
  SIO_TEXT_EXPECTED: "got bytes when no packet waits for them",
  SIO_NO_MESSAGE: "message is neither text nor bytes",
  SIO_BYTES_EXPECTED: "got text while a packet waits for its attachments",
} as const;

export type ProtocolErrorCode = keyof typeof PROTOCOL_ERRORS;

/** The peer sent what no Socket.IO peer may send. Thrown by the codec, caught once by the connection's owner. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, options?: ErrorOptions) {
    super(PROTOCOL_ERRORS[code], options);
    this.code = code;
  }
}
