/** Every way a peer can break the protocol: one row per code. The names are those that users of `ws` know. */
export const PROTOCOL_ERRORS = {
  WS_ERR_UNEXPECTED_RSV_1: { closeCode: 1002, message: "RSV1 is set where no compression was agreed on" },
  WS_ERR_UNEXPECTED_RSV_2_3: { closeCode: 1002, message: "RSV2 and RSV3 must be clear" },
  WS_ERR_INVALID_OPCODE: { closeCode: 1002, message: "opcode is reserved, or does not fit here" },
  WS_ERR_EXPECTED_FIN: { closeCode: 1002, message: "a control frame must not be fragmented" },
  WS_ERR_EXPECTED_MASK: { closeCode: 1002, message: "a client must mask its frames" },
  WS_ERR_UNEXPECTED_MASK: { closeCode: 1002, message: "a server must not mask its frames" },
  WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: { closeCode: 1002, message: "control frame of invalid length" },
  WS_ERR_NON_MINIMAL_LENGTH: { closeCode: 1002, message: "payload length not in its shortest form" },
  WS_ERR_INVALID_CLOSE_CODE: { closeCode: 1002, message: "close frame with an invalid status code" },
  WS_ERR_INVALID_UTF8: { closeCode: 1007, message: "text is not valid UTF-8" },
  WS_ERR_INVALID_DEFLATE_DATA: { closeCode: 1007, message: "compressed data is invalid" },
  WS_ERR_TOO_MANY_BUFFERED_PARTS: {
    closeCode: 1008,
    message: "message in more pieces than maxFragments or maxBufferedChunks",
  },
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: { closeCode: 1009, message: "payload length is above 2^53 - 1" },
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: { closeCode: 1009, message: "message is larger than maxPayload" },
} as const satisfies Record<string, { closeCode: number; message: string }>;

export type ProtocolErrorCode = keyof typeof PROTOCOL_ERRORS;

/** The peer broke the protocol. Thrown by codecs, caught once, by the connection, which closes with `closeCode`. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;
  /** What the close frame says (RFC 6455 §7.4.1). */
  readonly closeCode: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ProtocolErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(`Invalid WebSocket frame: ${PROTOCOL_ERRORS[code].message}`, options);
    this.code = code;
    this.closeCode = PROTOCOL_ERRORS[code].closeCode;
    this.details = details;
  }
}

const CONNECTION_ERRORS = {
  WS_ERR_SEND_BUFFER_FULL:
    "The peer reads too slowly: more than maxBufferedAmount bytes wait to be sent. Send less, or raise maxBufferedAmount",
  WS_ERR_MESSAGE_DROPPED: "The message was dropped: onBufferFull said so",
  WS_ERR_CANNOT_ENCODE: "A message could not be compressed, or its Blob not be read",
  WS_ERR_CLOSE_TIMEOUT: "The peer did not finish the closing handshake within closeTimeout",
  WS_ERR_HANDSHAKE_FAILED: "The opening handshake failed",
  WS_ERR_HANDSHAKE_TIMEOUT: "The opening handshake took longer than handshakeTimeout",
  WS_ERR_NOT_OPEN: "The WebSocket is not open",
} as const satisfies Record<string, string>;

export type ConnectionErrorCode = keyof typeof CONNECTION_ERRORS;

/** The connection failed, or was not there, though no frame was wrong. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? CONNECTION_ERRORS[code] : `${CONNECTION_ERRORS[code]}: ${detail}`, options);
    this.code = code;
  }
}

/** A request that is no valid opening handshake (RFC 6455 §4.2.1), with the HTTP answer it deserves. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
