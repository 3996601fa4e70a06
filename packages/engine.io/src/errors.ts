/** Every way in which a request can be refused. The codes are the protocol's and go to the client. */
export const REFUSALS = {
  UNKNOWN_TRANSPORT: { code: 0, status: 400, message: "Transport unknown" },
  UNKNOWN_SID: { code: 1, status: 400, message: "Session ID unknown" },
  BAD_HANDSHAKE_METHOD: { code: 2, status: 400, message: "Bad handshake method" },
  BAD_REQUEST: { code: 3, status: 400, message: "Bad request" },
  FORBIDDEN: { code: 4, status: 403, message: "Forbidden" },
  // Not of the protocol's, whose clients know no code for them.
  SERVER_FAILED: { code: 3, status: 500, message: "Internal server error" },
  SERVER_CLOSED: { code: 3, status: 503, message: "Server closed" },
  UNSUPPORTED_PROTOCOL_VERSION: { code: 5, status: 400, message: "Unsupported protocol version" },
} as const;

export type RefusalName = keyof typeof REFUSALS;

/** Why a request was refused: what the client is told, and the context that only the operator sees. */
export class Refusal {
  readonly name: RefusalName;
  readonly code: number;
  readonly status: number;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(name: RefusalName, context: Readonly<Record<string, unknown>> = {}) {
    const { code, status, message } = REFUSALS[name];
    this.name = name;
    this.code = code;
    this.status = status;
    this.message = message;
    this.context = context;
  }

  /** The body of the answer. What the application said to a client that it refused is told to that. */
  toJSON(): { code: number; message: string | number } {
    const { message } = this.context;
    const isOwn = this.name === "FORBIDDEN" && (typeof message === "string" || typeof message === "number");
    return { code: this.code, message: (isOwn && message) || this.message };
  }
}

/** Why a transport gave up. The messages are those of `engine.io`. */
export class TransportError extends Error {
  readonly type = "TransportError";
  /** What stands behind it, if that is known. */
  readonly description: unknown;

  constructor(message: string, description?: unknown) {
    super(message, description instanceof Error ? { cause: description } : undefined);
    this.description = description;
  }
}

/** A client takes less than it is sent, and the option `maxSendBufferBytes` has been reached. */
export class SendBufferError extends Error {
  override readonly name = "SendBufferError";

  constructor(options?: ErrorOptions) {
    super("more waits to be sent than maxSendBufferBytes allows", options);
  }
}
