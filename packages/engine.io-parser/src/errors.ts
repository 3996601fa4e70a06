/** Every way in which bytes can fail to be Engine.IO: one row per code. */
const PROTOCOL_ERRORS = {
  EIO_EMPTY_PACKET: "empty packet",
  EIO_UNKNOWN_PACKET: "unknown packet type",
  EIO_BAD_BASE64: "invalid base64 data",
  EIO_EMPTY_PAYLOAD: "empty payload",
  EIO_BAD_LENGTH: "payload length is not a number",
  EIO_SHORT_PAYLOAD: "payload is shorter than its length says",
  EIO_BAD_MARKER: "binary payload must mark each packet as text or binary",
  EIO_BAD_UTF8: "text is not valid UTF-8",
  EIO_PAYLOAD_TOO_BIG: "packet is longer than allowed",
} as const;

export type ProtocolErrorCode = keyof typeof PROTOCOL_ERRORS;

/** The peer sent what no Engine.IO peer may send. Thrown by the codecs, caught once by the session that owns them. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, detail?: string) {
    super(detail === undefined ? PROTOCOL_ERRORS[code] : `${PROTOCOL_ERRORS[code]}: ${detail}`);
    this.code = code;
  }
}
